import GRPCCore
import GRPCNIOTransportHTTP2Posix
import GRPCProtobuf
import HTTP2Pings
import NIOCore
import SwiftProtobuf

/// A container runtime that speaks CRI v1 over a Unix socket: containerd from 1.6 on, CRI-O.
public final class CRIRuntime: ContainerRuntime {
    private let client: GRPCClient<HTTP2ClientTransport.Posix>

    /// For calls that start and end things; others have ``listTimeout``.
    private static let timeout = Duration.seconds(120)
    private static let listTimeout = Duration.seconds(20)
    /// Pulling an image may take long.
    private static let pullTimeout = Duration.seconds(1800)
    /// Bytes of an answer: a host full of containers is far below.
    private static let maximumAnswer = 64 << 20

    /// - Parameter socket: the path of the runtime's socket.
    public init(socket: String) throws {
        let transport = try HTTP2ClientTransport.Posix(
            target: .unixDomainSocket(path: socket, authority: "localhost"), transportSecurity: .plaintext,
            config: .defaults { config in
                config.backoff = .init(initial: .milliseconds(50), max: .seconds(1), multiplier: 2, jitter: 0.2)
                config.channelDebuggingCallbacks.onCreateTCPConnection = { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(PingHandler(), position: .first)
                    }
                }
            })
        client = GRPCClient(transport: transport)
    }

    /// Keeps the connection until cancelled; calls wait for it.
    public func run() async throws { try await client.runConnections() }

    func call<Request: Message, Response: Message>(
        _ method: CRIMethod<Request, Response>, _ request: Request, timeout: Duration = timeout
    ) async throws(RuntimeFailure) -> Response {
        var options = CallOptions.defaults
        options.timeout = timeout
        options.maxResponseMessageBytes = Self.maximumAnswer
        // grpc-swift-nio-transport 2.9 takes this one for the answers.
        options.maxRequestMessageBytes = Self.maximumAnswer
        // A runtime that is away is away now: who asked tries again in his own time.
        options.waitForReady = false
        do {
            return try await client.unary(
                request: ClientRequest(message: request), descriptor: method.descriptor,
                serializer: ProtobufSerializer<Request>(), deserializer: ProtobufDeserializer<Response>(),
                options: options
            ) { try $0.message }
        } catch {
            throw Self.failure(error, method.name)
        }
    }

    static func failure(_ error: any Error, _ call: String) -> RuntimeFailure {
        guard let error = error as? RPCError else {
            let cause: RuntimeFailure.Cause = error is CancellationError ? .cancelled : .refused
            return RuntimeFailure(cause, call: call, message: "\(error)")
        }
        let cause: RuntimeFailure.Cause =
            switch error.code {
            case .unavailable: .unreachable
            case .notFound: .notFound
            case .deadlineExceeded: .late
            case .cancelled: .cancelled
            default: .refused
            }
        return RuntimeFailure(cause, call: call, message: error.message)
    }

    /// For what is gone already.
    private func tolerating(_ body: () async throws(RuntimeFailure) -> Void) async throws(RuntimeFailure) {
        do throws(RuntimeFailure) {
            try await body()
        } catch {
            if error.cause != .notFound { throw error }
        }
    }

    public func version() async throws(RuntimeFailure) -> RuntimeVersion {
        let answer = try await call(CRI.version, CRIVersionRequest(), timeout: Self.listTimeout)
        return RuntimeVersion(name: answer.runtimeName, version: answer.runtimeVersion)
    }

    public func status() async throws(RuntimeFailure) -> RuntimeStatus {
        RuntimeStatus(try await call(CRI.status, CRIStatusRequest(), timeout: Self.listTimeout).status)
    }

    // MARK: Sandboxes

    public func runSandbox(_ configuration: SandboxConfiguration) async throws(RuntimeFailure) -> String {
        var request = CRIRunPodSandboxRequest()
        request.config = CRIPodSandboxConfig(configuration)
        request.runtimeHandler = configuration.runtimeHandler
        return try await call(CRI.runSandbox, request).podSandboxID
    }

    public func stopSandbox(_ id: String) async throws(RuntimeFailure) {
        var request = CRIStopPodSandboxRequest()
        request.podSandboxID = id
        try await tolerating { () throws(RuntimeFailure) in _ = try await self.call(CRI.stopSandbox, request) }
    }

    public func removeSandbox(_ id: String) async throws(RuntimeFailure) {
        var request = CRIRemovePodSandboxRequest()
        request.podSandboxID = id
        try await tolerating { () throws(RuntimeFailure) in _ = try await self.call(CRI.removeSandbox, request) }
    }

    public func sandboxes(ofPod uid: String?) async throws(RuntimeFailure) -> [SandboxSummary] {
        var request = CRIListPodSandboxRequest()
        if let uid { request.filter.labelSelector = [PodLabels.uid: uid] }
        return try await call(CRI.listSandboxes, request, timeout: Self.listTimeout).items.map(SandboxSummary.init)
    }

    public func sandbox(_ id: String) async throws(RuntimeFailure) -> SandboxDetail {
        var request = CRIPodSandboxStatusRequest()
        request.podSandboxID = id
        return SandboxDetail(try await call(CRI.sandboxStatus, request, timeout: Self.listTimeout).status)
    }

    // MARK: Containers

    public func createContainer(
        _ configuration: ContainerConfiguration, in sandbox: String, _ sandboxConfiguration: SandboxConfiguration
    ) async throws(RuntimeFailure) -> String {
        var request = CRICreateContainerRequest()
        request.podSandboxID = sandbox
        request.config = CRIContainerConfig(configuration)
        request.sandboxConfig = CRIPodSandboxConfig(sandboxConfiguration)
        return try await call(CRI.createContainer, request).containerID
    }

    public func startContainer(_ id: String) async throws(RuntimeFailure) {
        var request = CRIStartContainerRequest()
        request.containerID = id
        _ = try await call(CRI.startContainer, request)
    }

    public func stopContainer(_ id: String, grace: Duration) async throws(RuntimeFailure) {
        var request = CRIStopContainerRequest()
        request.containerID = id
        request.timeout = max(0, grace.components.seconds)
        let limit = grace + Self.timeout
        try await tolerating { () throws(RuntimeFailure) in
            _ = try await self.call(CRI.stopContainer, request, timeout: limit)
        }
    }

    public func removeContainer(_ id: String) async throws(RuntimeFailure) {
        var request = CRIRemoveContainerRequest()
        request.containerID = id
        try await tolerating { () throws(RuntimeFailure) in _ = try await self.call(CRI.removeContainer, request) }
    }

    public func containers(ofPod uid: String?) async throws(RuntimeFailure) -> [ContainerSummary] {
        var request = CRIListContainersRequest()
        if let uid { request.filter.labelSelector = [PodLabels.uid: uid] }
        return try await call(CRI.listContainers, request, timeout: Self.listTimeout).containers
            .map(ContainerSummary.init)
    }

    public func container(_ id: String) async throws(RuntimeFailure) -> ContainerDetail {
        var request = CRIContainerStatusRequest()
        request.containerID = id
        return ContainerDetail(try await call(CRI.containerStatus, request, timeout: Self.listTimeout).status)
    }

    public func statistics() async throws(RuntimeFailure) -> [ContainerStatistics] {
        try await call(CRI.listStatistics, CRIListContainerStatsRequest(), timeout: Self.listTimeout).stats
            .map(ContainerStatistics.init)
    }

    public func reopenLog(_ id: String) async throws(RuntimeFailure) {
        var request = CRIReopenContainerLogRequest()
        request.containerID = id
        _ = try await call(CRI.reopenLog, request)
    }

    // MARK: Sessions

    public func execute(
        _ command: [String], in id: String, timeout: Duration
    ) async throws(RuntimeFailure) -> CommandResult {
        var request = CRIExecSyncRequest()
        request.containerID = id
        request.cmd = command
        request.timeout = max(1, timeout.components.seconds)
        let answer = try await call(CRI.execSync, request, timeout: timeout + Self.listTimeout)
        return CommandResult(output: Array(answer.stdout), errors: Array(answer.stderr), status: answer.exitCode)
    }

    public func sessionURL(_ session: StreamingSession) async throws(RuntimeFailure) -> String {
        switch session {
        case .exec(let container, let command, let streams):
            var request = CRIExecRequest()
            request.containerID = container
            request.cmd = command
            request.tty = streams.terminal
            request.stdin = streams.input
            request.stdout = streams.output
            request.stderr = streams.errors
            return try await call(CRI.exec, request, timeout: Self.listTimeout).url
        case .attach(let container, let streams):
            var request = CRIAttachRequest()
            request.containerID = container
            request.tty = streams.terminal
            request.stdin = streams.input
            request.stdout = streams.output
            request.stderr = streams.errors
            return try await call(CRI.attach, request, timeout: Self.listTimeout).url
        case .portForward(let sandbox, let ports):
            var request = CRIPortForwardRequest()
            request.podSandboxID = sandbox
            request.port = ports
            return try await call(CRI.portForward, request, timeout: Self.listTimeout).url
        }
    }

    // MARK: Images

    public func images() async throws(RuntimeFailure) -> [RuntimeImage] {
        try await call(CRI.listImages, CRIListImagesRequest(), timeout: Self.listTimeout).images.map(RuntimeImage.init)
    }

    public func image(_ name: String) async throws(RuntimeFailure) -> RuntimeImage? {
        var request = CRIImageStatusRequest()
        request.image.image = name
        let answer = try await call(CRI.imageStatus, request, timeout: Self.listTimeout)
        return answer.hasImage && !answer.image.id.isEmpty ? RuntimeImage(answer.image) : nil
    }

    public func pullImage(
        _ name: String, _ credentials: ImageCredentials?
    ) async throws(RuntimeFailure) -> String {
        var request = CRIPullImageRequest()
        request.image.image = name
        if let credentials {
            request.auth.username = credentials.username
            request.auth.password = credentials.password
            request.auth.auth = credentials.auth
            request.auth.serverAddress = credentials.server
            request.auth.identityToken = credentials.identityToken
        }
        return try await call(CRI.pullImage, request, timeout: Self.pullTimeout).imageRef
    }

    public func removeImage(_ name: String) async throws(RuntimeFailure) {
        var request = CRIRemoveImageRequest()
        request.image.image = name
        try await tolerating { () throws(RuntimeFailure) in _ = try await self.call(CRI.removeImage, request) }
    }

    public func imageFileSystem() async throws(RuntimeFailure) -> (path: String, usedBytes: UInt64)? {
        let answer = try await call(CRI.imageFileSystem, CRIImageFsInfoRequest(), timeout: Self.listTimeout)
        return answer.imageFilesystems.first.map { ($0.fsID.mountpoint, $0.usedBytes.value) }
    }
}
