/// The phase that follows from what the containers do (kubelet's getPhase). Pure.
struct PodPhase: Hashable, Sendable {
    private var waiting = 0
    private var running = 0
    private var stopped = 0
    private var succeeded = 0
    private var isInitializing = false
    private var initializationFailed = false

    /// - Parameter isEnding: the pod is not started again.
    static func phase(
        _ spec: PodDefinition, initial: [ContainerStatusReport], main: [ContainerStatusReport], isEnding: Bool
    ) -> String {
        var phase = PodPhase()
        for status in initial { phase.countInitial(status) }
        for status in main { phase.count(status) }
        return phase.text(restartPolicy: spec.restartPolicy, isEnding: isEnding)
    }

    private mutating func countInitial(_ status: ContainerStatusReport) {
        if status.definition.isSidecar {
            switch status.state {
            case .running: running += 1
            case .waiting where status.last == nil: waiting += 1
            case .waiting, .terminated: break
            }
            return
        }
        switch status.state {
        case .running: isInitializing = true
        case .terminated(let ended): if ended.exitCode != 0 { initializationFailed = true }
        case .waiting:
            guard let last = status.last else { return isInitializing = true }
            if last.exitCode != 0 { initializationFailed = true }
        }
    }

    private mutating func count(_ status: ContainerStatusReport) {
        switch status.state {
        case .running: running += 1
        case .waiting: if status.last == nil { waiting += 1 } else { stopped += 1 }
        case .terminated(let ended):
            stopped += 1
            if ended.exitCode == 0 { succeeded += 1 }
        }
    }

    private func text(restartPolicy: String, isEnding: Bool) -> String {
        if initializationFailed, restartPolicy == "Never" { return "Failed" }
        if isInitializing || waiting > 0 { return "Pending" }
        if running > 0 { return "Running" }
        guard stopped > 0 else { return "Pending" }
        if isEnding { return stopped == succeeded ? "Succeeded" : "Failed" }
        if restartPolicy == "Always" { return "Running" }
        if stopped == succeeded { return "Succeeded" }
        return restartPolicy == "Never" ? "Failed" : "Running"
    }
}
