import KubeAPI

/// How many pods a Deployment may have, and how many must be available, while it is rolled out.
struct RolloutLimits: Hashable, Sendable {
    let maxSurge: Int32
    let maxUnavailable: Int32
    let replicas: Int32

    init(_ deployment: Deployment) {
        replicas = deployment.replicas
        guard case .rollingUpdate(let surge, let unavailable) = deployment.strategy else {
            (maxSurge, maxUnavailable) = (0, 0)
            return
        }
        // Rounded so that a rollout goes on with both, and is careful with small numbers.
        let more = surge.of(replicas, roundingUp: true)
        let fewer = unavailable.of(replicas, roundingUp: false)
        maxSurge = more
        // Percentages may both come to nothing, and the rollout would never move.
        maxUnavailable = replicas == 0 ? 0 : min(more == 0 && fewer == 0 ? 1 : fewer, replicas)
    }

    /// More than 32 bits hold where both numbers are that large.
    var mostPods: Int64 { Int64(replicas) + Int64(maxSurge) }
    var leastAvailable: Int32 { replicas -| maxUnavailable }
}
