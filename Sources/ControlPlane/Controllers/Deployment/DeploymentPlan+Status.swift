import KubeAPI

extension DeploymentPlan {
    /// What the sets say of themselves, and whether that is enough.
    func countedStatus() -> Deployment.Status {
        let sets = allSets
        var status = Deployment.Status()
        status.observedGeneration = deployment.metadata.generation
        status.replicas = Int32(clamping: sets.total(\.status.replicas))
        status.updatedReplicas = newSet?.status.replicas ?? 0
        status.readyReplicas = Int32(clamping: sets.total(\.status.readyReplicas))
        status.availableReplicas = Int32(clamping: sets.total(\.status.availableReplicas))
        status.unavailableReplicas = Int32(
            clamping: max(0, sets.total(\.replicas) - sets.total(\.status.availableReplicas)))
        status.terminatingReplicas = sets.reduce(Optional(0)) { sum, set in
            sum.flatMap { sum in set.status.terminatingReplicas.map { sum +| $0 } }
        }
        status.collisionCount = deployment.status.collisionCount
        status.conditions = progress.conditions
        let isEnough = status.availableReplicas >= limits.leastAvailable
        ProgressConditions.set(
            Condition(
                "Available", isEnough ? "True" : "False",
                reason: isEnough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
                message: isEnough
                    ? "Deployment has minimum availability." : "Deployment does not have minimum availability."),
            in: &status.conditions, now: now)
        return status
    }

    /// The status, with how the rollout gets on.
    func rolloutStatus() -> Deployment.Status {
        var status = countedStatus()
        progress.judge(&status, isComplete: isComplete(status), newSet: newSet?.metadata.name)
        let failures = (newSet.map { [$0] } ?? []) + oldSets
        let failure = failures.lazy.flatMap(\.status.conditions).first { $0.type == ReplicaSetPlan.failureCondition }
        if var failure {
            failure.lastUpdateTime = failure.lastTransitionTime
            ProgressConditions.set(failure, in: &status.conditions, now: now)
        } else {
            status.conditions.removeAll { $0.type == ReplicaSetPlan.failureCondition }
        }
        return status
    }
}
