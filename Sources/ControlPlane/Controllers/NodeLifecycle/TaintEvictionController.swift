import JSONStream
import KubeAPI
import KubeClient
import Logging
import Synchronization

/// Deletes pods from nodes with taints of the effect NoExecute that they do not tolerate, or not for longer
/// (kube-controller-manager's taint-eviction-controller).
public struct TaintEvictionController: ManagedController {
    public let name = "taint-eviction-controller"
    private let controller: Controller<ObjectKey>
    private let pods: Informer<Pod>
    private let shared: Shared

    private final class Shared: Sendable {
        let state = Mutex(TaintEviction())
    }

    public init(context: ControllerContext) {
        let pods = context.informers.informer(Pod.self, indexes: [.node])
        let nodes = context.informers.informer(Node.self)
        let shared = Shared()
        let metrics = EvictionMetrics(context.registry)
        self.pods = pods
        self.shared = shared
        controller = context.controller(name, queue: "noexec_taint_pod") { key in
            let pod = pods.cache[key]
            let node = pod.flatMap { nodes.cache[ObjectKey(namespace: "", name: $0.spec.nodeName)] }
            return try await Self.reconcile(key, pod, node, shared, metrics, context)
        }
        let queue = controller.queue
        pods.onChange { change in
            guard let pod = change.latest, !pod.spec.nodeName.isEmpty else { return }
            let isSame =
                change.old?.spec.tolerations == change.new?.spec.tolerations
                && change.old?.spec.nodeName == change.new?.spec.nodeName
            if !isSame { queue.add(pod.metadata.key) }
        }
        nodes.onChange { change in
            guard let node = change.new, change.old?.evictionTaints ?? [] != node.evictionTaints else { return }
            for pod in pods.cache.onNode(node.metadata.name) { queue.add(pod.metadata.key) }
        }
    }

    public func run() async {
        // What was known while another process did not lead may be of pods that are gone.
        shared.state.withLock { $0 = TaintEviction() }
        for pod in pods.cache.all where !pod.spec.nodeName.isEmpty { controller.queue.add(pod.metadata.key) }
        await controller.run()
    }

    private static func reconcile(
        _ key: ObjectKey, _ pod: Pod?, _ node: Node?, _ shared: Shared, _ metrics: EvictionMetrics,
        _ context: ControllerContext
    ) async throws -> Controller<ObjectKey>.Result {
        guard let pod, let node, !pod.metadata.isBeingDeleted else {
            shared.state.withLock { _ = $0.forget(key) }
            return .done
        }
        let now = context.clock.now()
        let (wasWaiting, step) = shared.state.withLock { state in
            let wasWaiting = state.isWaiting(key)
            return (wasWaiting, state.step(key, pod.spec.tolerations, node.evictionTaints, now: now))
        }
        switch step {
        case .stay:
            if wasWaiting { tell("Cancelling deletion of Pod \(key)", pod, context) }
            return .done
        case .wait(let due):
            return .again(after: due - now)
        case .leave:
            try await delete(pod, context)
            let since = shared.state.withLock { $0.forget(key) }
            metrics.deleted(after: since.map { now - $0 } ?? .zero)
            tell("Marking for deletion Pod \(key)", pod, context)
            return .done
        }
    }

    private static func tell(_ note: String, _ pod: Pod, _ context: ControllerContext) {
        context.record(
            KubeEvent(
                .normal, reason: "TaintManagerEviction", action: "TaintManagerEviction", note: note,
                regarding: .init(pod)))
    }

    private static func delete(_ pod: Pod, _ context: ControllerContext) async throws(APIError) {
        let condition = PodDisruption.condition(
            "DeletionByTaintManager", "Taint manager: deleting due to NoExecute taint", context.time())
        do throws(APIError) {
            try await context.client.patchStatus(pod, ["conditions": [condition.json]])
            try await context.client.delete(Pod.self, pod.metadata.key, DeleteOptions(uid: pod.metadata.uid))
        } catch {
            if !error.isNotFound { throw error }
        }
    }
}

extension Node {
    var evictionTaints: [Taint] { taints.filter { $0.effect == .noExecute } }
}
