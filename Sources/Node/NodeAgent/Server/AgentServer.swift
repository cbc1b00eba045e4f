import ContainerRuntime
import HTTPTunnel
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import JSONStream
import KubeAPI
import Logging
import NIOCore
import NIOSSL

/// The agent's HTTPS server, as kubelet's: logs, sessions, figures.
struct AgentServer: Sendable {
    let context: AgentContext
    let table: PodTable
    let access: AgentAccess
    let serving: NodeAgentConfiguration.Serving
    let rates = UsageRates()

    /// How often a log that is followed is looked at.
    private static let followPause = Duration.milliseconds(200)

    func run() async throws {
        let application = Application(
            responder: CallbackResponder { (request: Request, stream: RequestStream) in
                await respond(AgentRequest(request.head), stream.channel)
            },
            server: try .tls(.http1(), tlsConfiguration: tls()),
            configuration: ApplicationConfiguration(
                address: .hostname(serving.host, port: Int(context.configuration.port)), serverName: nil),
            logger: Logger(label: "agent server") { _ in SwiftLogNoOpLogHandler() })
        try await application.run()
    }

    /// What a request came on.
    private struct RequestStream: InitializableFromSource {
        let channel: any Channel
        init(source: ApplicationRequestContextSource) { channel = source.channel }
    }

    private func tls() throws -> TLSConfiguration {
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(serving.certificatePEM.utf8))
                .map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(serving.keyPEM.utf8), format: .pem)))
        tls.minimumTLSVersion = .tlsv12
        if let authorities = serving.clientAuthorities {
            tls.certificateVerification = .optionalVerification
            tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(authorities))
        }
        if let current = serving.current {
            tls.sslContextCallback = { _, promise in
                promise.succeed(current().flatMap(Self.certificate) ?? .noChanges)
            }
        }
        return tls
    }

    private static func certificate(_ pem: String) -> NIOSSLContextConfigurationOverride? {
        let bytes = Array(pem.utf8)
        guard let chain = try? NIOSSLCertificate.fromPEMBytes(bytes),
            let key = try? NIOSSLPrivateKey(bytes: bytes, format: .pem)
        else { return nil }
        var changes = NIOSSLContextConfigurationOverride()
        changes.certificateChain = chain.map { .certificate($0) }
        changes.privateKey = .privateKey(key)
        return changes
    }

    // MARK: Requests

    private func respond(_ request: AgentRequest, _ channel: any Channel) async -> Response {
        do {
            if request.path == ["healthz"], request.method == .get { return Self.text("ok") }
            try await access.check(request, channel)
            return try await answer(request, channel)
        } catch let failure as HTTPFailure {
            return Self.text(failure.message + "\n", code: failure.code)
        } catch let failure as RuntimeFailure {
            return Self.text("\(failure)\n", code: 500)
        } catch {
            return Self.text("\(error)\n", code: 500)
        }
    }

    static func text(_ text: String, code: Int = 200, type: String = "text/plain; charset=utf-8") -> Response {
        Response(
            status: HTTPResponse.Status(code: code), headers: [.contentType: type],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    private func answer(_ request: AgentRequest, _ channel: any Channel) async throws -> Response {
        let path = request.path
        switch path.first {
        case "containerLogs" where path.count == 4 && request.method == .get:
            return try await logs(ObjectKey(namespace: path[1], name: path[2]), path[3], request)
        case "exec" where path.count == 4, "attach" where path.count == 4:
            return try await session(path, request, channel)
        case "portForward" where path.count == 3 || path.count == 4:
            return try await portForward(path, request, channel)
        case "stats" where path.count == 2 && path[1] == "summary":
            let json = try await StatsSummary(context: context, table: table, rates: rates).json()
            return Self.text(String(decoding: json.serialized(), as: UTF8.self), type: "application/json")
        case "metrics" where path.count == 2 && path[1] == "resource":
            let text = try await StatsSummary(context: context, table: table, rates: rates).metrics()
            return Self.text(text, type: "text/plain; version=0.0.4")
        case "pods" where path.count == 1:
            let items = table.all.map { JSONValue.string("\($0.pod.metadata.key)") }
            return Self.text(
                String(decoding: JSONValue.array(items).serialized(), as: UTF8.self), type: "application/json")
        default: throw HTTPFailure(404, "404 page not found")
        }
    }

    private func record(_ key: ObjectKey) throws(HTTPFailure) -> PodRecord {
        guard let record = table.find(key) else { throw HTTPFailure(404, "pod \"\(key.name)\" not found") }
        return record
    }

    // MARK: Logs

    private func logs(_ key: ObjectKey, _ name: String, _ request: AgentRequest) async throws -> Response {
        let options = try LogOptions({ request.first($0) }, now: context.time())
        let record = try record(key)
        guard record.pod.spec.container(name) != nil else {
            throw HTTPFailure(400, "container \(name) is not valid for pod \(key.name)")
        }
        let all = try await PodObserver(context: context).observe(record).containers
            .filter { $0.name == name && $0.detail.state != .created }
        guard let container = options.isPrevious ? all.dropFirst().first : all.first else {
            throw HTTPFailure(
                400,
                options.isPrevious
                    ? "previous terminated container \"\(name)\" in pod \"\(key.name)\" not found"
                    : "container \"\(name)\" in pod \"\(key.name)\" is waiting to start: \(waiting(record, name))")
        }
        let reader = try LogReader(container.detail.logPath, options)
        let runtime = context.runtime
        let id = container.id
        let body = ResponseBody { writer in
            var reader = reader
            var hasEnded = !options.isFollowed || !container.isRunning
            while true {
                while let piece = try reader.next() {
                    if !piece.isEmpty { try await writer.write(ByteBuffer(bytes: piece)) }
                }
                if hasEnded || reader.isFull { break }
                try await Task.sleep(for: Self.followPause)
                // What it wrote before its end is read once more.
                hasEnded = (try? await runtime.container(id).state) != .running
                reader.reopen()
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: [.contentType: "text/plain"], body: body)
    }

    private func waiting(_ record: PodRecord, _ name: String) -> String {
        record.memory.problems[name]?.reason
            ?? (record.pod.spec.initContainers.isEmpty ? "ContainerCreating" : "PodInitializing")
    }

    // MARK: Sessions

    private func session(_ path: [String], _ request: AgentRequest, _ channel: any Channel) async throws -> Response {
        let record = try record(ObjectKey(namespace: path[1], name: path[2]))
        let observation = try await PodObserver(context: context).observe(record)
        guard let container = observation.latest(path[3]), container.isRunning else {
            throw HTTPFailure(404, "container not found (\"\(path[3])\")")
        }
        let terminal = request.flag("tty")
        let streams = StreamingSession.Streams(
            input: request.flag("input", "stdin"), output: request.flag("output", "stdout"),
            errors: request.flag("error", "stderr") && !terminal, terminal: terminal)
        let session: StreamingSession =
            path[0] == "exec"
            ? .exec(container: container.id, command: request.all("command"), streams)
            : .attach(container: container.id, streams)
        return try await hand(over: channel, request, to: context.runtime.sessionURL(session))
    }

    private func portForward(
        _ path: [String], _ request: AgentRequest, _ channel: any Channel
    ) async throws -> Response {
        let record = try record(ObjectKey(namespace: path[1], name: path[2]))
        let observation = try await PodObserver(context: context).observe(record)
        guard let sandbox = observation.sandboxes.first, sandbox.isReady else {
            throw HTTPFailure(404, "pod \"\(path[2])\" has no sandbox that runs")
        }
        let ports = request.all("port").flatMap { $0.split(separator: ",") }.compactMap { Int32($0) }
        return try await hand(
            over: channel, request,
            to: context.runtime.sessionURL(.portForward(sandbox: sandbox.id, ports: ports)))
    }

    private func hand(over channel: any Channel, _ request: AgentRequest, to url: String) async throws -> Response {
        guard request.isUpgrade else { throw HTTPFailure(400, "Upgrade request required") }
        guard let target = StreamingURL(url) else { throw HTTPFailure(500, "the runtime's URL is none: \(url)") }
        let headers = request.head.headerFields.filter { $0.name != .authorization }
            .map { (name: $0.name.rawName, value: $0.value) }
        let head = UpgradeTunnel.head(
            request.method.rawValue, target.path, host: "\(target.host):\(target.port)", headers)
        try await UpgradeTunnel.run(
            channel, to: UpgradeTunnel.Target(host: target.host, port: target.port), head: head)
        return Self.text("")
    }
}

/// `http://127.0.0.1:41234/exec/TOKEN`, where a runtime serves a session.
struct StreamingURL: Hashable, Sendable {
    var host: String
    var port: Int
    /// With the query.
    var path: String

    init?(_ text: String) {
        guard text.hasPrefix("http://") else { return nil }
        let rest = text.dropFirst("http://".count)
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        let authority = rest[..<end]
        path = end == rest.endIndex ? "/" : String(rest[end...])
        guard let colon = authority.lastIndex(of: ":"), let port = Int(authority[authority.index(after: colon)...]),
            (1...65535).contains(port)
        else { return nil }
        self.port = port
        host = String(authority[..<colon]).filter { $0 != "[" && $0 != "]" }
        // A runtime that listens on all addresses says so.
        if host.isEmpty || host == "0.0.0.0" { host = "127.0.0.1" }
        if host == "::" { host = "::1" }
    }
}
