import KubeAPI

/// What is to be done about a pod.
enum SchedulingDecision: Sendable {
    case bind(PodInfo, node: String)
    case fail(PodInfo, SchedulingFailure)
}

/// A pod whose turn it was, as it waited, and what was decided about it.
struct SchedulingTrial: Sendable {
    var pod: SchedulingQueue.QueuedPod
    var decision: SchedulingDecision
}

/// No node took a pod.
struct SchedulingFailure: Sendable {
    /// What becomes of `status.nominatedNodeName`.
    enum Nomination: Hashable, Sendable {
        case keep
        case clear
        case set(String)
    }

    var message: String
    var nomination = Nomination.keep
    /// Whether others could have been made to leave for it.
    var soughtVictims = false
    /// Pods that have to leave for it.
    var victims: Victims?
    /// Less important pods that waited for the same node and must look for another one.
    var displaced: [PodInfo] = []
}
