import KubeAPI

/// What is to be done about a pod.
enum SchedulingDecision: Sendable {
    case bind(PodInfo, node: String)
    case fail(PodInfo, SchedulingFailure)
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
    /// Pods that have to leave for it.
    var victims: Victims?
    /// Less important pods that waited for the same node and must look for another one.
    var displaced: [PodInfo] = []
}
