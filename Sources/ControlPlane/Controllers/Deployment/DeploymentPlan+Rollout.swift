import KubeAPI

extension DeploymentPlan {
    /// One step of a rolling update: up or down, whichever is possible first.
    mutating func roll() {
        if newSet == nil { createNewSet() } else { syncNewSet() }
        if scaleUpNewSet() || scaleDownOldSets() { return }
        if isComplete(deployment.status) { removeOldHistory() }
    }

    /// All old pods go before the first new one comes.
    mutating func recreate(_ hasPods: (String) -> Bool) {
        syncNewSet()
        let active = activeOldSets
        for set in active { scale(set.metadata.name, to: 0) }
        guard active.isEmpty, !oldSets.contains(where: { $0.status.replicas > 0 || hasPods($0.metadata.uid) }) else {
            return
        }
        if newSet == nil { createNewSet() }
        if let set = newSet, set.replicas != limits.replicas { scale(set.metadata.name, to: limits.replicas) }
        if isComplete(deployment.status) { removeOldHistory() }
    }

    func isComplete(_ status: Deployment.Status) -> Bool {
        status.updatedReplicas == limits.replicas && status.replicas == limits.replicas
            && status.availableReplicas == limits.replicas
            && status.observedGeneration >= deployment.metadata.generation
    }

    /// The size of the new set that the limit of all pods allows, not below the one that it has. Pods count until they
    /// have begun to go.
    func nextSize(of set: ReplicaSet) -> Int32 {
        guard case .rollingUpdate = deployment.strategy else { return limits.replicas }
        let room = limits.mostPods - allSets.total { max($0.replicas, $0.status.replicas) }
        guard room > 0 else { return set.replicas }
        return Int32(clamping: min(Int64(set.replicas) + room, Int64(limits.replicas)))
    }

    private mutating func scaleUpNewSet() -> Bool {
        guard let set = newSet, set.replicas != limits.replicas else { return false }
        let size = set.replicas > limits.replicas ? limits.replicas : nextSize(of: set)
        guard size != set.replicas else { return false }
        scale(set.metadata.name, to: size)
        return true
    }

    /// Returns whether any was scaled.
    private mutating func scaleDownOldSets() -> Bool {
        guard let newSet, !activeOldSets.isEmpty, allSets.allSatisfy(\.isObserved) else { return false }
        let all = allSets.total(\.replicas)
        // New pods that are not available yet count as if the old ones that they replace were gone already.
        let coming = Int64(newSet.replicas) - Int64(newSet.lastingAvailable)
        let spare = all - Int64(limits.leastAvailable) - coming
        guard spare > 0 else { return false }
        let before = oldSets
        cleanUpUnhealthy(atMost: spare)
        scaleDownAvailable()
        return oldSets != before
    }

    /// Pods that are not available are missed by nobody, and could hold up the rollout.
    private mutating func cleanUpUnhealthy(atMost limit: Int64) {
        var left = limit
        for set in activeOldSets where left > 0 {
            let unhealthy = min(left, Int64(set.replicas) - Int64(set.lastingAvailable))
            guard unhealthy > 0 else { continue }
            scale(set.metadata.name, to: Int32(clamping: Int64(set.replicas) - unhealthy))
            left -= unhealthy
        }
    }

    private mutating func scaleDownAvailable() {
        var spare = allSets.total(\.lastingAvailable) - Int64(limits.leastAvailable)
        for set in activeOldSets where spare > 0 {
            let count = min(Int64(set.replicas), spare)
            scale(set.metadata.name, to: Int32(clamping: Int64(set.replicas) - count))
            spare -= count
        }
    }
}

extension [ReplicaSet] {
    /// A sum of numbers of pods, of which each fills 32 bits at most.
    func total(_ count: (ReplicaSet) -> Int32) -> Int64 { reduce(0) { $0 + Int64(count($1)) } }
}

extension ReplicaSet {
    /// Whether its status is about its present size: one that is about an older size says nothing of what is safe.
    fileprivate var isObserved: Bool { status.observedGeneration >= metadata.generation }

    /// Pods that are available, but for those that are about to go because the set has shrunk.
    fileprivate var lastingAvailable: Int32 { min(status.availableReplicas, replicas) }
}
