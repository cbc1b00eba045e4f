import ContainerRuntime
import JSONStream
import KubeAPI

/// What a ``SimulatedRuntime`` has of one pod. Pure.
struct SimulatedPodState: Sendable {
    struct Container: Sendable {
        var summary: ContainerSummary
        var detail: ContainerDetail

        mutating func start(at time: Timestamp) {
            guard detail.state == .created else { return }
            set(.running)
            detail.startedAt = time.nanoseconds
        }

        mutating func end(_ code: Int32, at time: Timestamp) {
            guard detail.state == .running else { return }
            set(.exited)
            detail.exitCode = code
            detail.finishedAt = time.nanoseconds
        }

        fileprivate mutating func set(_ state: ContainerState) {
            summary.state = state
            detail.state = state
        }
    }

    let pod: SimulatedPod
    var sandbox: SandboxSummary
    /// By identifier.
    var containers: [String: Container] = [:]

    init(_ pod: SimulatedPod, _ identity: PodIdentity, attempt: UInt32, createdAt: Timestamp) {
        self.pod = pod
        sandbox = SandboxSummary(
            id: "\(identity.uid)/\(attempt)", pod: identity, attempt: attempt, isReady: true,
            createdAt: createdAt.nanoseconds)
    }

    /// As the API has it of a pod that runs.
    init(_ pod: SimulatedPod, _ identity: PodIdentity, attempt: UInt32, status: JSONValue) {
        let startedAt = Timestamp(status["startTime"]?.stringValue ?? "") ?? Timestamp(microseconds: 0)
        self.init(pod, identity, attempt: attempt, createdAt: startedAt)
        for list in ["initContainerStatuses", "containerStatuses"] {
            for container in status[list]?.arrayValue ?? [] { adopt(container) }
        }
    }

    private mutating func adopt(_ status: JSONValue) {
        let name = status["name"]?.stringValue ?? ""
        let identifier = status["containerID"]?.stringValue ?? ""
        let prefix = SimulatedRuntime.name + "://"
        guard identifier.hasPrefix(prefix + pod.uid + "/") else { return }
        let state = status["state"] ?? [:]
        let ended = state["terminated"]
        guard let last = state["running"] ?? ended else { return }
        var configuration = ContainerConfiguration(name: name, image: status["imageID"]?.stringValue ?? "")
        let restarts = status["restartCount"]?.integerValue ?? 0
        configuration.attempt = UInt32(clamping: restarts)
        configuration.annotations[PodLabels.restartCount] = String(restarts)
        let startedAt = Timestamp(last["startedAt"]?.stringValue ?? "") ?? Timestamp(microseconds: 0)
        let id = String(identifier.dropFirst(prefix.count))
        create(configuration, id: id, at: startedAt)
        containers[id]?.start(at: startedAt)
        guard let ended else { return }
        let code = Int32(clamping: ended["exitCode"]?.integerValue ?? 0)
        containers[id]?.end(code, at: Timestamp(ended["finishedAt"]?.stringValue ?? "") ?? startedAt)
    }

    /// Makes a container; returns its identifier.
    mutating func create(_ configuration: ContainerConfiguration, at time: Timestamp) -> String {
        let suffix = configuration.attempt == 0 ? "" : ".\(configuration.attempt)"
        let id = "\(pod.uid)/\(configuration.name)\(suffix)"
        create(configuration, id: id, at: time)
        return id
    }

    private mutating func create(_ configuration: ContainerConfiguration, id: String, at time: Timestamp) {
        containers[id] = Container(
            summary: ContainerSummary(
                id: id, sandbox: sandbox.id, name: configuration.name, attempt: configuration.attempt,
                state: .created, createdAt: time.nanoseconds, image: configuration.image,
                labels: configuration.labels, annotations: configuration.annotations),
            detail: ContainerDetail(
                id: id, state: .created, image: configuration.image, imageReference: configuration.image))
    }

    /// Ends what still runs, and takes the network away.
    mutating func stop(at time: Timestamp) {
        sandbox.isReady = false
        for id in containers.keys { containers[id]?.end(137, at: time) }
    }
}

extension Timestamp {
    fileprivate var nanoseconds: Int64 { microseconds.multipliedReportingOverflow(by: 1000).partialValue }
}
