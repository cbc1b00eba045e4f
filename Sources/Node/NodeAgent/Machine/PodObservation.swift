import ContainerRuntime
import KubeAPI

/// What the runtime has of one pod.
struct PodObservation: Hashable, Sendable {
    struct Container: Hashable, Sendable {
        var summary: ContainerSummary
        var detail: ContainerDetail
        /// What it left when it ended.
        var terminationMessage = ""

        var id: String { summary.id }
        var name: String { summary.name }
        var isRunning: Bool { detail.state == .running }
        var hasExited: Bool { detail.state == .exited }
        /// How often a container of this name was started before.
        var restartCount: Int { Int(summary.annotations[PodLabels.restartCount] ?? "") ?? Int(summary.attempt) }
        var startedAt: Timestamp { Timestamp(nanoseconds: detail.startedAt) }
        var finishedAt: Timestamp { Timestamp(nanoseconds: detail.finishedAt) }
    }

    /// The newest first.
    var sandboxes: [SandboxSummary] = []
    /// The newest first.
    var containers: [Container] = []
    /// Of the newest sandbox.
    var addresses: [String] = []

    /// The sandbox that containers are started in; nil: there is none that works.
    func usableSandbox(_ pod: BoundPod) -> SandboxSummary? {
        guard let newest = sandboxes.first, newest.isReady else { return nil }
        return pod.spec.namespaces.hostNetwork || !addresses.isEmpty ? newest : nil
    }

    /// The latest container of this name, in any sandbox or in this one.
    func latest(_ name: String, in sandbox: String? = nil) -> Container? {
        containers.first { $0.name == name && (sandbox == nil || $0.summary.sandbox == sandbox) }
    }

    var running: [Container] { containers.filter { $0.isRunning || $0.detail.state == .unknown } }
    var isEmpty: Bool { sandboxes.isEmpty && containers.isEmpty }
}

extension Timestamp {
    init(nanoseconds: Int64) { self.init(microseconds: nanoseconds / 1000) }
}
