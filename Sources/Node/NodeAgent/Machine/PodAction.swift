/// What is to be done for a pod.
enum PodAction: Hashable, Sendable {
    case createSandbox(attempt: UInt32)
    /// Starts a container of the specification.
    case start(container: String, attempt: UInt32, restartCount: Int)
    /// Ends a container, for this reason.
    case stop(id: String, StopReason)
    /// Ends all that runs: first the containers, then the sidecars, the last one first, then the sandboxes.
    case stopAll
    case removeContainer(id: String)
    case removeSandbox(id: String)
}

enum StopReason: Hashable, Sendable {
    case livenessFailed
    case startupFailed
    case definitionChanged

    /// For an Event.
    func message(_ container: String) -> String {
        switch self {
        case .livenessFailed: "Container \(container) failed liveness probe, will be restarted"
        case .startupFailed: "Container \(container) failed startup probe, will be restarted"
        case .definitionChanged: "Container \(container) definition changed, will be restarted"
        }
    }
}
