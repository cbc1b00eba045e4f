import KubeAPI
import KubeClient

/// Keeps the number of pods that each ReplicaSet asks for.
public struct ReplicaSetController: ManagedController {
    public let name = "replicaset-controller"

    private let expectations: Expectations<ObjectKey>
    private let controller: Controller<ObjectKey>

    /// - Parameter workers: how many ReplicaSets are worked on at the same time.
    public init(_ context: ControllerContext, workers: Int = 5) {
        let sets = context.informers.informer(ReplicaSet.self, indexes: [.controller, .namespace])
        let pods = context.informers.informer(Pod.self, indexes: [.controller])
        let expectations = Expectations<ObjectKey>(clock: context.clock)
        self.expectations = expectations
        let work = ReplicaSetReconciler(
            context: context, sets: sets.cache, pods: pods.cache, expectations: expectations)
        controller = context.controller(name, queue: "replicaset", workers: workers) { try await work.reconcile($0) }
        let queue = controller.queue
        let handler = PodHandler(sets: sets.cache, expectations: expectations) { queue.add($0) }
        sets.onChange { change in
            guard let set = change.latest else { return }
            // Another set of this name starts anew.
            if change.old?.metadata.uid != change.new?.metadata.uid, change.old != nil {
                expectations.forget(set.metadata.key)
            }
            queue.add(set.metadata.key)
        }
        pods.onChange { handler.handle($0) }
    }

    public func run() async {
        expectations.forgetAll()
        await controller.run()
    }
}

/// Finds the ReplicaSets that a change of a pod matters to, and counts it against what they wait for.
struct PodHandler: Sendable {
    let sets: InformerCache<ReplicaSet>
    let expectations: Expectations<ObjectKey>
    let add: @Sendable (ObjectKey) -> Void

    func handle(_ change: ObjectTransition<Pod>) {
        switch (change.old, change.new) {
        case (let old?, let new?) where old.metadata.uid != new.metadata.uid:
            removed(old)
            appeared(new)
        case (let old?, let new?): changed(from: old, to: new)
        case (nil, let new?): appeared(new)
        case (let old?, nil): removed(old)
        case (nil, nil): break
        }
    }

    private func appeared(_ pod: Pod) {
        guard !pod.metadata.isBeingDeleted else { return removed(pod) }
        guard pod.metadata.controller != nil else { return offer(pod) }
        guard let set = sets.owner(of: pod.metadata) else { return }
        expectations.creationObserved(set.metadata.key)
        add(set.metadata.key)
    }

    /// The beginning of the end counts as the end: the set may replace the pod.
    private func removed(_ pod: Pod) {
        guard let set = sets.owner(of: pod.metadata) else { return }
        expectations.deletionObserved(set.metadata.key, uid: pod.metadata.uid)
        add(set.metadata.key)
    }

    private func changed(from old: Pod, to new: Pod) {
        let isMoved = old.metadata.controller != new.metadata.controller
        if isMoved, let before = sets.owner(of: old.metadata) { add(before.metadata.key) }
        if new.metadata.isBeingDeleted { return removed(new) }
        if new.metadata.controller != nil {
            if let set = sets.owner(of: new.metadata) { add(set.metadata.key) }
        } else if isMoved || old.metadata.labels != new.metadata.labels {
            offer(new)
        }
    }

    /// Lets those look at an orphan who could adopt it.
    private func offer(_ pod: Pod) {
        for set in sets.inNamespace(pod.metadata.namespace) where set.selector.matches(pod.metadata.labels) {
            add(set.metadata.key)
        }
    }
}
