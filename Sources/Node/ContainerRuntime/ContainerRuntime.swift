/// What runs pods on this host: containerd, CRI-O, or a stand-in for tests. It keeps all state; whoever asks can be started
/// again at any time.
///
/// A pod is a sandbox, which has the network, and containers in it. All calls are safe to repeat: what is stopped can be
/// stopped again, and what is gone can be removed again.
public protocol ContainerRuntime: Sendable {
    /// Whether containers are processes of this host, with its files mounted, which answer at their addresses. For others
    /// nothing is prepared on the host, and probes do not ask them.
    var runsProcesses: Bool { get }

    /// - Throws: ``RuntimeFailure``, as all of these.
    func version() async throws(RuntimeFailure) -> RuntimeVersion
    func status() async throws(RuntimeFailure) -> RuntimeStatus

    /// Makes a sandbox and its network; returns its identifier.
    func runSandbox(_ configuration: SandboxConfiguration) async throws(RuntimeFailure) -> String
    /// Ends what runs in it and takes its network away.
    func stopSandbox(_ id: String) async throws(RuntimeFailure)
    func removeSandbox(_ id: String) async throws(RuntimeFailure)
    /// All sandboxes, or those of one pod.
    func sandboxes(ofPod uid: String?) async throws(RuntimeFailure) -> [SandboxSummary]
    func sandbox(_ id: String) async throws(RuntimeFailure) -> SandboxDetail

    /// Makes a container that does not run yet; returns its identifier.
    func createContainer(
        _ configuration: ContainerConfiguration, in sandbox: String, _ sandboxConfiguration: SandboxConfiguration
    ) async throws(RuntimeFailure) -> String
    func startContainer(_ id: String) async throws(RuntimeFailure)
    /// Asks it to end, and kills it after `grace`.
    func stopContainer(_ id: String, grace: Duration) async throws(RuntimeFailure)
    func removeContainer(_ id: String) async throws(RuntimeFailure)
    func containers(ofPod uid: String?) async throws(RuntimeFailure) -> [ContainerSummary]
    func container(_ id: String) async throws(RuntimeFailure) -> ContainerDetail
    func statistics() async throws(RuntimeFailure) -> [ContainerStatistics]
    /// Has the runtime open the container's log anew, after it was moved away.
    func reopenLog(_ id: String) async throws(RuntimeFailure)

    /// Runs a command to its end.
    func execute(_ command: [String], in id: String, timeout: Duration) async throws(RuntimeFailure) -> CommandResult
    /// The URL at which the runtime serves a session.
    func sessionURL(_ session: StreamingSession) async throws(RuntimeFailure) -> String

    func images() async throws(RuntimeFailure) -> [RuntimeImage]
    /// Nil: it is not here.
    func image(_ name: String) async throws(RuntimeFailure) -> RuntimeImage?
    /// Returns what the runtime calls the image.
    func pullImage(_ name: String, _ credentials: ImageCredentials?) async throws(RuntimeFailure) -> String
    func removeImage(_ name: String) async throws(RuntimeFailure)
    /// Where images lie, and how many bytes they take.
    func imageFileSystem() async throws(RuntimeFailure) -> (path: String, usedBytes: UInt64)?
}

extension ContainerRuntime {
    public var runsProcesses: Bool { true }
}
