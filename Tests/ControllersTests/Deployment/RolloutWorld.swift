import JSONStream
import KubeAPI
import TestSupport

@testable import Controllers

/// A Deployment, its ReplicaSets and their pods in memory, with the plans carried out at once and a clock that is told.
struct RolloutWorld {
    var deployment: Deployment
    var sets: [ReplicaSet] = []
    var pods: [Pod] = []
    var now = Objects.start
    var created = 0
    var generator: SeededGenerator
    /// Pods of these templates' images never become ready.
    var brokenImages: Set<String> = []

    init(_ deployment: Deployment, seed: UInt64 = 1) {
        self.deployment = deployment
        generator = SeededGenerator(seed: seed)
    }

    // MARK: Looks

    var limits: RolloutLimits { RolloutLimits(deployment) }
    var active: [Pod] { pods.filter(\.isActive) }
    var available: Int { active.count { $0.isReady } }
    var desired: Int32 { sets.reduce(0) { $0 + $1.replicas } }
    var isScaling: Bool {
        sets.contains { $0.replicas > 0 && RevisionAnnotations.desiredReplicas(of: $0) != deployment.replicas }
    }

    func pods(of set: ReplicaSet) -> [Pod] { pods.filter { $0.metadata.controller?.uid == set.metadata.uid } }

    static func image(of set: ReplicaSet) -> String {
        set.template["spec"]?["containers"]?.arrayValue?.first?["image"]?.stringValue ?? ""
    }

    func set(_ image: String) -> ReplicaSet? { sets.first { Self.image(of: $0) == image } }
    func size(_ image: String) -> Int32? { set(image)?.replicas }
    func condition(_ type: String) -> Condition? { deployment.status.conditions.first { $0.type == type } }

    // MARK: Controllers

    var plan: DeploymentPlan {
        DeploymentPlan(deployment, sets: sets, now: now) { uid in
            pods.contains { $0.metadata.controller?.uid == uid && !$0.isFinished }
        }
    }

    /// Returns whether anything was changed.
    @discardableResult
    mutating func reconcileDeployment() -> Bool {
        let plan = plan
        for action in plan.actions {
            switch action {
            case .create(var set):
                created += 1
                set.metadata.uid = "set-\(created)"
                set.metadata.creationTimestamp = now.text()
                set.metadata.generation = 1
                sets.append(set)
            case .update(var set, let old):
                if set.replicas != old.replicas || set.minReadySeconds != old.minReadySeconds {
                    set.metadata.generation += 1
                }
                sets = sets.map { $0.metadata.uid == set.metadata.uid ? set : $0 }
            case .delete(let set):
                sets.removeAll { $0.metadata.uid == set.metadata.uid }
            }
        }
        let isChanged = plan.needsStatusWrite || !plan.actions.isEmpty
        deployment.status = plan.status
        deployment.metadata.annotations[RevisionAnnotations.revision] = plan.revision
        return isChanged
    }

    private func plan(of set: ReplicaSet) -> ReplicaSetPlan {
        let own = pods(of: set)
        return ReplicaSetPlan(
            set: set, pods: own.filter(\.isActive), terminating: own.count(where: \.metadata.isBeingDeleted), now: now)
    }

    @discardableResult
    mutating func reconcileSet(_ index: Int) -> Bool {
        let set = sets[index]
        let plan = plan(of: set)
        let action = plan.action(related: pods)
        switch action {
        case .none: break
        case .create(let count):
            for _ in 0..<count {
                created += 1
                pods.append(Objects.pod("pod-\(created)", of: set, at: now))
            }
        case .delete(let surplus):
            let uids = Set(surplus.map(\.metadata.uid))
            for index in pods.indices where uids.contains(pods[index].metadata.uid) {
                pods[index].metadata.deletionTimestamp = now.text()
            }
        }
        sets[index].status = plan.status(after: nil)
        return action != .none || sets[index].status != set.status
    }

    /// The sets see their pods as they are, and do nothing.
    mutating func observePods() {
        for index in sets.indices { sets[index].status = plan(of: sets[index]).status(after: nil) }
    }

    // MARK: Nodes

    /// Starts a pod, if it can start. Returns whether it did.
    @discardableResult
    mutating func start(_ uid: String) -> Bool {
        guard let index = pods.firstIndex(where: { $0.metadata.uid == uid && $0.isActive && !$0.isReady }),
            let set = sets.first(where: { $0.metadata.uid == pods[index].metadata.controller?.uid }),
            !brokenImages.contains(Self.image(of: set))
        else { return false }
        pods[index].run(ready: true, since: now)
        return true
    }

    mutating func fail(_ uid: String) {
        guard let index = pods.firstIndex(where: { $0.metadata.uid == uid }) else { return }
        if generator.oneIn(2) {
            pods[index].run(ready: false, since: now)
        } else {
            pods[index].status.phase = "Failed"
        }
        observePods()
    }

    mutating func removeTerminating() { pods.removeAll { $0.metadata.isBeingDeleted } }

    // MARK: Users

    mutating func edit(_ change: (inout Deployment) -> Void) {
        change(&deployment)
        deployment.metadata.generation += 1
    }

    /// Lets everything happen until nothing happens any more. Returns whether it came to rest.
    @discardableResult
    mutating func settle(after eachRound: (RolloutWorld) -> Void = { _ in }) -> Bool {
        for _ in 0..<500 {
            now = now + .seconds(1)
            var isBusy = reconcileDeployment()
            eachRound(self)
            for index in sets.indices where reconcileSet(index) { isBusy = true }
            if pods.contains(where: { $0.metadata.isBeingDeleted }) { isBusy = true }
            removeTerminating()
            for pod in pods where start(pod.metadata.uid) { isBusy = true }
            if !isBusy { return true }
        }
        return false
    }
}
