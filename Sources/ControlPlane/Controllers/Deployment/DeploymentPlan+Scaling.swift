import KubeAPI

extension DeploymentPlan {
    /// Follows a change of the Deployment's size: with a rollout under way, all sets that have pods grow and shrink in
    /// proportion, so that the rollout becomes no riskier than it was.
    mutating func scaleInProportion() {
        if let only = activeOrLatest {
            resize(only, to: limits.replicas)
        } else if isSaturated {
            for set in activeOldSets { resize(set, to: 0) }
        } else if case .rollingUpdate = deployment.strategy {
            distribute()
        }
    }

    /// The only set with pods, or the latest if none has any; nil if several have.
    private var activeOrLatest: ReplicaSet? {
        let active = allSets.filter { $0.replicas > 0 }
        return active.isEmpty ? newSet ?? oldSets.last : active.count == 1 ? active.first : nil
    }

    /// Whether the new set is all that the Deployment needs.
    private var isSaturated: Bool {
        guard let newSet else { return false }
        return newSet.replicas == limits.replicas
            && RevisionAnnotations.desiredReplicas(of: newSet) == limits.replicas
            && newSet.status.availableReplicas == limits.replicas
    }

    private mutating func resize(_ set: ReplicaSet, to replicas: Int32) {
        let isNoted =
            RevisionAnnotations.desiredReplicas(of: set) == limits.replicas
            && RevisionAnnotations.maxReplicas(of: set) == RevisionAnnotations.notedMaximum(limits)
        guard set.replicas != replicas || !isNoted else { return }
        scale(set.metadata.name, to: replicas)
    }

    private mutating func distribute() {
        let active = allSets.filter { $0.replicas > 0 }
        let allowed = limits.replicas > 0 ? limits.mostPods : 0
        let change = allowed - active.total(\.replicas)
        // The largest first; of equals the newer grow and the older shrink first.
        let sorted = active.sorted { left, right in
            if left.replicas != right.replicas { return left.replicas > right.replicas }
            let (first, second) = change > 0 ? (right, left) : (left, right)
            return (first.metadata.creationTimestamp, first.metadata.name)
                < (second.metadata.creationTimestamp, second.metadata.name)
        }
        var left = change
        var sizes: [Int32] = []
        for set in sorted {
            let share = share(of: set, ofChange: change, left: left)
            sizes.append(Int32(clamping: Int64(set.replicas) + share))
            left -= share
        }
        // What rounding leaves over.
        if !sizes.isEmpty { sizes[0] = Int32(clamping: max(0, Int64(sizes[0]) + left)) }
        for (set, size) in zip(sorted, sizes) { resize(set, to: size) }
    }

    /// How much of the change is this set's: as large a share as it has of all pods.
    private func share(of set: ReplicaSet, ofChange change: Int64, left: Int64) -> Int64 {
        guard change != 0, left != 0 else { return 0 }
        let fraction = fraction(of: set)
        return change > 0 ? min(fraction, left) : max(fraction, left)
    }

    private func fraction(of set: ReplicaSet) -> Int64 {
        guard limits.replicas > 0 else { return -Int64(set.replicas) }
        let noted = RevisionAnnotations.maxReplicas(of: set) ?? 0
        let before = noted > 0 ? noted : deployment.status.replicas
        guard before > 0 else { return 0 }
        let doubled = 2 *| Int64(set.replicas) *| limits.mostPods
        // Rounded half up.
        return (doubled +| Int64(before)) / (2 * Int64(before)) -| Int64(set.replicas)
    }
}
