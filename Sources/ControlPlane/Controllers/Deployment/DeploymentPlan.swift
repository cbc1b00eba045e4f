import KubeAPI

/// What a Deployment needs now: ReplicaSets made, scaled or removed, and a status. Pure; the rules are those of
/// upstream's deployment controller.
///
/// The sets are changed here as they are going to be on the server; what differs in the end is what has to be written.
struct DeploymentPlan: Sendable {
    enum Action: Hashable, Sendable {
        case create(ReplicaSet)
        /// `from` is the set as it is in the cache.
        case update(ReplicaSet, from: ReplicaSet)
        case delete(ReplicaSet)
    }

    let deployment: Deployment
    let limits: RolloutLimits
    let now: Timestamp
    /// The set that makes the pods of the Deployment's template; nil: there is none yet.
    var newSet: ReplicaSet?
    /// The others, oldest first.
    var oldSets: [ReplicaSet]
    var progress: ProgressConditions
    /// What to write into the Deployment's annotation, if that differs.
    private(set) var revision: String
    private(set) var status = Deployment.Status()
    private let original: [String: ReplicaSet]
    /// The names of the sets in the order in which they were changed.
    private var touched: [String] = []
    private var removed: [ReplicaSet] = []

    /// - Parameters:
    ///   - sets: those that the Deployment manages.
    ///   - hasPods: whether a set, by its uid, has pods that have not ended, terminating ones included.
    init(_ deployment: Deployment, sets: [ReplicaSet], now: Timestamp, hasPods: (String) -> Bool) {
        self.deployment = deployment
        self.now = now
        limits = RolloutLimits(deployment)
        let wanted = PodTemplate(deployment.template).identity
        let sorted = sets.sorted {
            ($0.metadata.creationTimestamp, $0.metadata.name) < ($1.metadata.creationTimestamp, $1.metadata.name)
        }
        newSet = sorted.first { PodTemplate($0.template).identity == wanted }
        oldSets = sorted.filter { [newSet] in $0.metadata.uid != newSet?.metadata.uid }
        original = Dictionary(sets.map { ($0.metadata.name, $0) }, uniquingKeysWith: { $1 })
        progress = ProgressConditions(deployment, now: now)
        revision = deployment.metadata.annotations[RevisionAnnotations.revision] ?? ""
        decide(hasPods)
    }

    var allSets: [ReplicaSet] { oldSets + (newSet.map { [$0] } ?? []) }
    var activeOldSets: [ReplicaSet] { oldSets.filter { $0.replicas > 0 } }

    /// What has to be written, in this order; none of it without what comes before.
    var actions: [Action] {
        touched.compactMap { name in
            guard let set = allSets.first(where: { $0.metadata.name == name }) else { return nil }
            guard let old = original[name] else { return .create(set) }
            return set == old ? nil : .update(set, from: old)
        } + removed.map { .delete($0) }
    }

    var needsStatusWrite: Bool {
        status != deployment.status || revision != deployment.metadata.annotations[RevisionAnnotations.revision] ?? ""
    }

    /// When to look again for the deadline of progress, though nothing may have changed.
    var nextCheck: Duration? { progress.nextCheck(status) }

    private mutating func decide(_ hasPods: (String) -> Bool) {
        guard !deployment.metadata.isBeingDeleted else {
            syncNewSet()
            status = countedStatus()
            return
        }
        progress.notePause(deployment)
        if deployment.isPaused || isScaled && !mustRecreate {
            syncNewSet()
            scaleInProportion()
            if deployment.isPaused { removeOldHistory() }
            status = countedStatus()
            return
        }
        switch deployment.strategy {
        case .recreate: recreate(hasPods)
        case .rollingUpdate: roll()
        }
        status = rolloutStatus()
    }

    /// Whether the Deployment was scaled and its sets do not show it yet.
    private var isScaled: Bool {
        allSets.contains { set in
            guard set.replicas > 0, let desired = RevisionAnnotations.desiredReplicas(of: set) else { return false }
            return desired != deployment.replicas
        }
    }

    /// Whether pods of several sets are there where that may not be.
    private var mustRecreate: Bool { deployment.strategy == .recreate && allSets.count { $0.replicas > 0 } > 1 }

    // MARK: The new set

    /// Brings the set of the template up to date, if there is one.
    mutating func syncNewSet() {
        guard var set = newSet else { return }
        RevisionAnnotations.update(&set, from: deployment, revision: nextRevision)
        set.minReadySeconds = deployment.minReadySeconds
        if set != newSet { touch(set.metadata.name) }
        newSet = set
        revision = set.metadata.annotations[RevisionAnnotations.revision] ?? revision
        progress.noteFound(set.metadata.name)
    }

    /// Makes the set of the template, of the size that it may have at once.
    mutating func createNewSet() {
        let template = PodTemplate(deployment.template)
        let hash = template.hash(collisions: deployment.status.collisionCount)
        let labeled = template.labeled(hash)
        var set = ReplicaSet(
            metadata: ObjectMeta(
                name: deployment.metadata.name + "-" + hash, namespace: deployment.metadata.namespace))
        set.metadata.labels = labeled.labels
        set.metadata.ownerReferences = [OwnerReference(controller: deployment)]
        set.selector = deployment.selector
        set.selector.matchLabels[PodTemplate.hashLabel] = hash
        set.template = labeled.json
        set.minReadySeconds = deployment.minReadySeconds
        set.replicas = 0
        set.replicas = nextSize(of: set)
        RevisionAnnotations.update(&set, from: deployment, revision: nextRevision)
        RevisionAnnotations.setReplicas(limits, on: &set)
        newSet = set
        touch(set.metadata.name)
        revision = set.metadata.annotations[RevisionAnnotations.revision] ?? revision
        progress.noteCreated(set.metadata.name)
    }

    private var nextRevision: Int64 { (oldSets.map(RevisionAnnotations.revision).max() ?? 0) +| 1 }

    // MARK: Changes

    private mutating func touch(_ name: String) {
        if !touched.contains(name) { touched.append(name) }
    }

    /// Scales a set and notes for what size of the Deployment that was.
    mutating func scale(_ name: String, to wanted: Int32) {
        // Numbers that others wrote into statuses and annotations may be below nothing.
        let replicas = max(0, wanted)
        touch(name)
        if newSet?.metadata.name == name {
            newSet?.replicas = replicas
            if var set = newSet {
                RevisionAnnotations.setReplicas(limits, on: &set)
                newSet = set
            }
        } else if let index = oldSets.firstIndex(where: { $0.metadata.name == name }) {
            oldSets[index].replicas = replicas
            RevisionAnnotations.setReplicas(limits, on: &oldSets[index])
        }
    }

    /// Removes the oldest of the sets that are not in use, as far as there are more than are kept.
    mutating func removeOldHistory() {
        guard let limit = deployment.revisionHistoryLimit else { return }
        let alive = oldSets.filter { !$0.metadata.isBeingDeleted }
        let surplus = alive.count - Int(limit)
        guard surplus > 0 else { return }
        let oldest = alive.sorted {
            (RevisionAnnotations.revision(of: $0), $0.metadata.creationTimestamp)
                < (RevisionAnnotations.revision(of: $1), $1.metadata.creationTimestamp)
        }
        removed = oldest.prefix(surplus).filter { set in
            set.replicas == 0 && set.status.replicas == 0
                && set.metadata.generation <= set.status.observedGeneration
        }
    }
}
