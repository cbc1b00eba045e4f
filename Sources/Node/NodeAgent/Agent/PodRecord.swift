import ContainerRuntime
import KubeAPI

/// What the agent holds of one pod.
struct PodRecord: Sendable {
    enum Origin: Hashable, Sendable {
        case api
        /// A file on this host.
        case file
    }

    var pod: BoundPod
    var origin = Origin.api
    /// It is not to be there any more, as far as its origin says.
    var isGone = false
    var memory = PodMemory()
    /// The sandbox as the runtime was told, by which containers are made in it.
    var sandbox: SandboxConfiguration?
    /// Containers that have ended: what the runtime says of them does not change.
    var ended: [String: PodObservation.Container] = [:]
    var observation = PodObservation()
    /// When its containers must have ended; nil: they may run.
    var endsAt: Timestamp?
    /// A volume that could not be prepared, to be tried again.
    var mountFailures = 0

    var isTerminating: Bool { isGone || pod.metadata.isBeingDeleted }
}
