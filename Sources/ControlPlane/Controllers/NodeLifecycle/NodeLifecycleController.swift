import JSONStream
import KubeAPI
import KubeClient
import Logging
import Synchronization

/// Tells from leases and heartbeats which nodes are alive, and keeps pods off those that are not (kube-controller-
/// manager's node-lifecycle-controller).
public struct NodeLifecycleController: ManagedController {
    public let name = "node-lifecycle-controller"
    private let context: ControllerContext
    private let configuration: NodeLifecycleConfiguration
    private let nodes: Informer<Node>
    private let pods: Informer<Pod>
    private let leases: Informer<Lease>
    private let monitor: Shared
    private let taints: Controller<String>
    private let metrics: NodeMetrics

    private final class Shared: Sendable {
        let state: Mutex<NodeMonitor>

        init(_ configuration: NodeLifecycleConfiguration) {
            state = Mutex(NodeMonitor(configuration: configuration))
        }
    }

    public init(
        context: ControllerContext, configuration: NodeLifecycleConfiguration = NodeLifecycleConfiguration()
    ) {
        self.context = context
        self.configuration = configuration
        let nodes = context.informers.informer(Node.self)
        let monitor = Shared(configuration)
        self.nodes = nodes
        self.monitor = monitor
        metrics = NodeMetrics(context.registry)
        pods = context.informers.informer(indexes: [.node])
        leases = context.informers.informer()
        taints = context.controller(name, queue: "node_lifecycle_controller") { name in
            guard let node = nodes.cache[ObjectKey(namespace: "", name: name)] else { return .done }
            try await Self.setTaints(node, monitor.state.withLock { $0.eviction(of: name) }, context)
            return .done
        }
        let queue = taints.queue
        nodes.onChange { change in if let node = change.new { queue.add(node.metadata.name) } }
    }

    public func run() async {
        // Whoever led before may have left at any point.
        monitor.state.withLock { $0 = NodeMonitor(configuration: configuration) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await taints.run() }
            group.addTask {
                repeat {
                    context.monitor.beginsRound(name, pause: configuration.monitorPeriod)
                    await look()
                } while (try? await context.clock.sleep(configuration.monitorPeriod)) != nil
            }
        }
    }

    private func look() async {
        let start = context.clock.now()
        defer { metrics.finishedRound(context.clock.now() - start) }
        let nodes = nodes.cache.all.sorted { $0.metadata.name < $1.metadata.name }
        let leases = leases.cache.all.filter { $0.metadata.namespace == "kube-node-lease" }
        let plan = monitor.state.withLock {
            $0.check(
                nodes, leases: Dictionary(leases.map { ($0.metadata.name, $0) }, uniquingKeysWith: { $1 }),
                now: context.clock.now(), time: context.time())
        }
        metrics.looked(plan)
        for node in plan.registered {
            tell(node, "RegisteredNode", "Registered Node \(node.metadata.name) in Controller")
        }
        for (node, conditions) in plan.conditions { await write(conditions, node) }
        for name in plan.changed { taints.queue.add(name) }
        if !plan.unreachable.isEmpty { await markNotReady(plan.unreachable) }
    }

    private func tell(_ node: Node, _ reason: String, _ note: String) {
        context.record(
            KubeEvent(
                .normal, reason: reason, action: reason, note: "Node \(node.metadata.name) event: \(note)",
                regarding: .init(node)))
    }

    private func write(_ conditions: [Condition], _ node: Node) async {
        do {
            try await context.client.patchStatus(node, ["conditions": .array(conditions.map(\.json))])
        } catch {
            context.logger.warning(
                "a node's conditions were not written",
                metadata: ["node": "\(node.metadata.name)", "error": "\(error)"])
            return
        }
        if node.readyCondition?.isTrue == true {
            context.record(
                KubeEvent(
                    .normal, reason: "NodeNotReady", action: "NodeNotReady",
                    note: "Node \(node.metadata.name) status is now: NodeNotReady", regarding: .init(node)))
        }
    }

    /// Services must not send anybody to pods that nobody hears of.
    private func markNotReady(_ names: Set<String>) async {
        let affected = names.sorted().flatMap { pods.cache.onNode($0) }
        for pod in affected where pod.isReady && !pod.isFinished {
            guard var condition = pod.readyCondition else { continue }
            condition.status = "False"
            condition.lastTransitionTime = context.time().text()
            context.record(
                KubeEvent(
                    .warning, reason: "NodeNotReady", action: "NodeNotReady", note: "Node is not ready",
                    regarding: .init(pod)))
            do {
                try await context.client.patchStatus(pod, ["conditions": [condition.json]])
            } catch {
                // Looked at again in the next round.
                context.logger.debug(
                    "a pod was not marked", metadata: ["pod": "\(pod.metadata.key)", "error": "\(error)"])
            }
        }
    }

    private static func setTaints(
        _ node: Node, _ eviction: NodeTaints.Eviction, _ context: ControllerContext
    ) async throws {
        let wanted = NodeTaints.wanted(node, eviction, time: context.time())
        guard wanted != node.taints else { return }
        let body: JSONValue = [
            "metadata": ["resourceVersion": .string(node.metadata.resourceVersion)],
            "spec": ["taints": wanted.isEmpty ? .null : .array(wanted.map(\.json))],
        ]
        do {
            _ = try await context.client.patch(Node.self, node.metadata.key, .merge, body.serialized())
        } catch {
            if error.isNotFound { return }
            throw error
        }
    }
}
