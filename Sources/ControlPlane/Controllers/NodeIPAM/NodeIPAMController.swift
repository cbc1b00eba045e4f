import JSONStream
import KubeAPI
import KubeClient
import Logging
public import NetworkAddress
import Synchronization

/// Gives each node its part of the pod addresses: `spec.podCIDRs`.
public struct NodeIPAMController: ManagedController {
    public struct Settings: Sendable {
        /// At most one of each family; the first makes `spec.podCIDR`.
        public var clusterCIDRs: [ClusterCIDR]
        /// The ranges of cluster IPs: no node gets a part that overlaps with them.
        public var serviceCIDRs: [IPNetwork]

        public init(clusterCIDRs: [ClusterCIDR], serviceCIDRs: [IPNetwork] = []) {
            self.clusterCIDRs = clusterCIDRs
            self.serviceCIDRs = serviceCIDRs
        }
    }

    public let name = "node-ipam-controller"
    private let controller: Controller<String>
    private let assigner: NodeCIDRAssigner

    public init(_ context: ControllerContext, settings: Settings) {
        let assigner = NodeCIDRAssigner(context, settings)
        self.assigner = assigner
        controller = context.controller(name, queue: "cidrallocator_node") {
            try await assigner.reconcile($0)
        }
        assigner.requeue.connect(controller.queue)
        assigner.nodes.onChange { [queue = controller.queue] change in
            guard let node = change.latest, change.old?.podCIDRs != change.new?.podCIDRs || change.old == nil else {
                return
            }
            queue.add(node.metadata.name)
        }
    }

    public func run() async {
        assigner.readNodes()
        await controller.run()
    }
}

struct NodeCIDRAssigner: Sendable {
    private struct State {
        var allocator: NodeCIDRAllocator
        /// Nodes for which nothing was free.
        var waiting: Set<String> = []
    }

    let nodes: Informer<Node>
    /// For nodes that wait for what others give back.
    let requeue = Requeue<String>()
    private let context: ControllerContext
    private let settings: NodeIPAMController.Settings
    private let state: SharedState

    /// A struct cannot be copied with its mutex.
    private final class SharedState: Sendable {
        let value: Mutex<State>

        init(_ value: State) { self.value = Mutex(value) }
    }

    init(_ context: ControllerContext, _ settings: NodeIPAMController.Settings) {
        self.context = context
        self.settings = settings
        nodes = context.informers.informer()
        state = SharedState(State(allocator: Self.emptyAllocator(settings)))
    }

    private static func emptyAllocator(_ settings: NodeIPAMController.Settings) -> NodeCIDRAllocator {
        NodeCIDRAllocator(settings.clusterCIDRs, excluding: settings.serviceCIDRs)
    }

    /// Begins anew with what the nodes have: nothing may be given out before all of it is known.
    func readNodes() {
        let present = nodes.cache.all
        state.value.withLock { state in
            state = State(allocator: Self.emptyAllocator(settings))
            for node in present where !node.podCIDRs.isEmpty {
                state.allocator.occupy(node.metadata.name, Self.networks(node))
            }
        }
    }

    func reconcile(_ name: String) async throws -> Controller<String>.Result {
        guard let node = nodes.cache[ObjectKey(namespace: "", name: name)] else {
            change { $0.release(name) }
            return .done
        }
        guard node.podCIDRs.isEmpty else {
            occupy(node)
            return .done
        }
        guard let parts = allocate(node) else { return .done }
        let texts = parts.map { JSONValue.string($0.description) }
        let patch: JSONValue = [
            "metadata": ["uid": .string(node.metadata.uid)],
            "spec": ["podCIDR": texts.first ?? "", "podCIDRs": .array(texts)],
        ]
        // What is assigned stays so if this fails: the request may have got through all the same.
        _ = try await context.client.patch(Node.self, node.metadata.key, .merge, patch.serialized())
        context.logger.info("a node got its pod CIDRs", metadata: ["node": "\(name)", "cidrs": "\(parts)"])
        return .done
    }

    /// Changes what nodes hold. Those that wait try again if anything may be free now: after it is, not before.
    @discardableResult
    private func change<Result: Sendable>(_ body: (inout NodeCIDRAllocator) -> Result) -> Result {
        let (result, waiting) = state.value.withLock { state -> (Result, Set<String>) in
            let before = state.allocator.usedCount
            let result = body(&state.allocator)
            guard state.allocator.usedCount < before else { return (result, []) }
            defer { state.waiting = [] }
            return (result, state.waiting)
        }
        requeue.add(waiting)
        return result
    }

    private static func networks(_ node: Node) -> [IPNetwork] { node.podCIDRs.compactMap { IPNetwork($0) } }

    private func occupy(_ node: Node) {
        let foreign = change { $0.occupy(node.metadata.name, Self.networks(node)) }
        guard !foreign.isEmpty else { return }
        context.logger.warning(
            "a node has pod CIDRs outside of the cluster CIDRs",
            metadata: ["node": "\(node.metadata.name)", "cidrs": "\(foreign)"])
    }

    private func allocate(_ node: Node) -> [IPNetwork]? {
        let name = node.metadata.name
        let outcome = state.value.withLock { state -> Result<[IPNetwork], NodeCIDRAllocator.Exhausted> in
            let outcome = Result { () throws(NodeCIDRAllocator.Exhausted) in try state.allocator.allocate(name) }
            if case .failure = outcome { state.waiting.insert(name) } else { state.waiting.remove(name) }
            return outcome
        }
        switch outcome {
        case .success(let parts): return parts
        case .failure(let problem):
            context.logger.warning(
                "a node gets no pod CIDR", metadata: ["node": "\(name)", "problem": "\(problem)"])
            context.record(
                KubeEvent(
                    .warning, reason: "CIDRNotAvailable", action: "Allocate",
                    note: "Node \(name) status is now: CIDRNotAvailable: \(problem)",
                    regarding: KubeEvent.Reference(node)))
            return nil
        }
    }
}
