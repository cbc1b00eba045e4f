import KubeAPI
import KubeClient

/// Rolls the pods of Deployments out, by way of ReplicaSets.
public struct DeploymentController: ManagedController {
    public let name = "deployment-controller"

    private let controller: Controller<ObjectKey>

    /// - Parameter workers: how many Deployments are worked on at the same time.
    public init(_ context: ControllerContext, workers: Int = 5) {
        let deployments = context.informers.informer(Deployment.self, indexes: [.namespace])
        let sets = context.informers.informer(ReplicaSet.self, indexes: [.controller])
        let pods = context.informers.informer(Pod.self, indexes: [.controller])
        let work = DeploymentReconciler(
            context: context, deployments: deployments.cache, sets: sets.cache, pods: pods.cache)
        controller = context.controller(name, queue: "deployment", workers: workers) { try await work.reconcile($0) }
        let queue = controller.queue
        deployments.onChange { if let deployment = $0.latest { queue.add(deployment.metadata.key) } }
        let cache = deployments.cache
        sets.onChange { change in
            for key in Self.deployments(change, cache) { queue.add(key) }
        }
        let owners = sets.cache
        pods.onChange { change in
            // The last pod of an old set holds up those who recreate.
            guard change.new == nil, let pod = change.old, let set = owners.owner(of: pod.metadata),
                let deployment = cache.owner(of: set.metadata), deployment.strategy == .recreate
            else { return }
            queue.add(deployment.metadata.key)
        }
    }

    public func run() async { await controller.run() }

    /// Those that manage the set or did so, or could adopt it.
    private static func deployments(
        _ change: ObjectTransition<ReplicaSet>, _ cache: InformerCache<Deployment>
    ) -> Set<ObjectKey> {
        var keys: Set<ObjectKey> = []
        for set in [change.old, change.new] {
            guard let set else { continue }
            if let owner = cache.owner(of: set.metadata) { keys.insert(owner.metadata.key) }
        }
        if let set = change.new, set.metadata.controller == nil {
            for deployment in cache.inNamespace(set.metadata.namespace)
            where deployment.selector.matches(set.metadata.labels) {
                keys.insert(deployment.metadata.key)
            }
        }
        return keys
    }
}
