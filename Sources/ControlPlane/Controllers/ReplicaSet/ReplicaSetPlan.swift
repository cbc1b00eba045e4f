import KubeAPI

/// What a ReplicaSet needs: pods made or removed, and a status. Pure.
struct ReplicaSetPlan: Sendable {
    enum Action: Hashable, Sendable {
        case none
        case create(Int)
        case delete([Pod])
    }

    /// Why the last action failed, for the ReplicaFailure condition.
    struct Failure: Hashable, Sendable {
        var message: String
    }

    /// Pods made or removed at once; the rest follows when these have been seen.
    static let burst = 500

    let set: ReplicaSet
    /// Those of its pods that count.
    let pods: [Pod]
    /// How many of its pods are ending.
    let terminating: Int
    let now: Timestamp

    private var surplus: Int { pods.count - Int(set.replicas) }
    private var minimumReadyTime: Duration { .seconds(Int64(set.minReadySeconds)) }

    /// - Parameter related: the pods of all ReplicaSets that the same object manages.
    func action(related: [Pod]) -> Action {
        guard !set.metadata.isBeingDeleted else { return .none }
        if surplus < 0 { return .create(min(-surplus, Self.burst)) }
        if surplus > 0 {
            return .delete(PodRanking(related: related, now: now).first(min(surplus, Self.burst), of: pods))
        }
        return .none
    }

    func status(after failure: Failure?) -> ReplicaSet.Status {
        var status = set.status
        let labels = PodTemplate(set.template).labels
        status.replicas = Int32(pods.count)
        status.fullyLabeledReplicas = Int32(
            pods.count { pod in labels.allSatisfy { pod.metadata.labels[$0.key] == $0.value } })
        status.readyReplicas = Int32(pods.count(where: \.isReady))
        status.availableReplicas = Int32(pods.count { $0.isAvailable(for: minimumReadyTime, at: now) })
        status.terminatingReplicas = Int32(terminating)
        status.observedGeneration = set.metadata.generation
        let known = status.conditions.contains { $0.type == Self.failureCondition }
        if let failure, !known {
            var condition = Condition(
                Self.failureCondition, "True", reason: surplus < 0 ? "FailedCreate" : "FailedDelete",
                message: failure.message)
            condition.lastTransitionTime = now.text()
            status.conditions.append(condition)
        } else if failure == nil, known {
            status.conditions.removeAll { $0.type == Self.failureCondition }
        }
        return status
    }

    static let failureCondition = "ReplicaFailure"

    /// How long until the next pod becomes available without anything else happening; nil: none will.
    var nextAvailability: Duration? {
        guard minimumReadyTime > .zero else { return nil }
        return pods.compactMap { pod in
            guard pod.isReady, !pod.isAvailable(for: minimumReadyTime, at: now),
                let since = pod.readyCondition.flatMap({ Timestamp($0.lastTransitionTime) })
            else { return nil }
            return since + minimumReadyTime - now
        }.min()
    }
}
