import GRPCCore
import GRPCNIOTransportHTTP2Posix
import GRPCProtobuf
import HTTP2Pings
import NIOCore
import NIOSSL
import NetworkAddress
import ObjectStore
import SwiftProtobuf
import Synchronization

/// A connection to each endpoint, and the choice between them.
final class EtcdConnections: Sendable {
    typealias Client = GRPCClient<HTTP2ClientTransport.Posix>

    private let clients: [Client]
    private let ring: Mutex<EndpointRing>
    private let slots = RequestSlots(128)
    private let configuration: EtcdConfiguration

    /// - Throws: what is wrong with the TLS files.
    init(_ configuration: EtcdConfiguration) throws {
        self.configuration = configuration
        clients = try configuration.endpoints.map { try Self.client($0, configuration.tls) }
        ring = Mutex(EndpointRing(count: clients.count))
    }

    private static func client(_ endpoint: EtcdEndpoint, _ files: EtcdConfiguration.TLSFiles) throws -> Client {
        let target: any ResolvableTarget
        switch IPAddress(endpoint.host)?.family {
        case .ipv4: target = .ipv4(address: endpoint.host, port: endpoint.port)
        case .ipv6: target = .ipv6(address: endpoint.host, port: endpoint.port)
        case nil: target = .dns(host: endpoint.host, port: endpoint.port)
        }
        let transport = try HTTP2ClientTransport.Posix(
            target: target, transportSecurity: endpoint.isSecure ? .tls(tls(files)) : .plaintext,
            config: .defaults { config in
                config.backoff = .init(initial: .milliseconds(50), max: .seconds(1), multiplier: 2, jitter: 0.2)
                config.connection.keepalive = .init(time: .seconds(10), timeout: .seconds(10), allowWithoutCalls: false)
                config.connection.flushCoalescing = nil
                config.channelDebuggingCallbacks.onCreateTCPConnection = addPingHandler
            })
        return Client(transport: transport)
    }

    /// Behind TLS and before HTTP/2.
    @Sendable private static func addPingHandler(_ channel: any Channel) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            if let security = try? pipeline.handler(type: NIOSSLClientHandler.self) {
                try pipeline.addHandler(PingHandler(), position: .after(security))
            } else {
                try pipeline.addHandler(PingHandler(), position: .first)
            }
        }
    }

    private static func tls(_ files: EtcdConfiguration.TLSFiles) -> HTTP2ClientTransport.Posix.TransportSecurity.TLS {
        .defaults { config in
            if let path = files.authorities { config.trustRoots = .certificates([.file(path: path, format: .pem)]) }
            if let path = files.certificate { config.certificateChain = [.file(path: path, format: .pem)] }
            if let path = files.key { config.privateKey = .file(path: path, format: .pem) }
        }
    }

    /// Keeps the connections until cancelled.
    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in clients { group.addTask { try await client.runConnections() } }
            if clients.count > 1 { group.addTask { try await self.probe() } }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Leads on from a member that answers nothing or is cut off from the others, which only a read that all agree on
    /// shows.
    private func probe() async throws {
        let timeout = configuration.probeInterval * 2
        while true {
            try await Task.sleep(for: configuration.probeInterval)
            let endpoint = ring.withLock { $0.current }
            var request = EtcdRangeRequest()
            request.key = EtcdKeys.compaction
            request.countOnly = true
            if case .failure = await attempt(EtcdAPI.range, request, at: endpoint, timeout: timeout) {
                leave(endpoint)
            }
        }
    }

    var currentEndpoint: Int { ring.withLock { $0.current } }

    func client(_ endpoint: Int) -> Client { clients[endpoint] }

    func leave(_ endpoint: Int) { ring.withLock { $0.leave(endpoint) } }

    // MARK: Requests

    /// Asks one endpoint after the other until one answers or the time is over.
    func call<Request, Response>(
        _ method: EtcdMethod<Request, Response>, _ request: Request
    ) async throws(EtcdFailure) -> Response {
        let clock = ContinuousClock()
        let deadline = clock.now + configuration.requestTimeout
        var tries = 0
        while true {
            let endpoint: Int
            let failure: EtcdFailure
            do {
                let result = try await slots.with {
                    let left = deadline - clock.now
                    guard left > .zero else { throw EtcdFailure.notDone("too many requests are under way") }
                    let timeout = method.isRepeatable ? min(left, configuration.attemptTimeout) : left
                    let endpoint = currentEndpoint
                    return (endpoint, await attempt(method, request, at: endpoint, timeout: timeout))
                }
                endpoint = result.0
                switch result.1 {
                case .success(let response): return response
                case .failure(let error): failure = error
                }
            } catch {
                throw error as? EtcdFailure ?? .notDone("the request was cancelled")
            }
            tries += 1
            guard failure.allowsRetry(isRepeatable: method.isRepeatable), !Task.isCancelled else { throw failure }
            leave(endpoint)
            // All have been asked: a little time may help.
            let pause = tries.isMultiple(of: clients.count) ? Self.pause(round: tries / clients.count) : .zero
            guard clock.now + pause < deadline else { throw failure }
            if pause > .zero { try? await clock.sleep(for: pause) }
        }
    }

    static func pause(round: Int) -> Duration { min(.milliseconds(25) * (1 << min(round, 4)), .milliseconds(250)) }

    private func attempt<Request, Response>(
        _ method: EtcdMethod<Request, Response>, _ request: Request, at endpoint: Int, timeout: Duration
    ) async -> Result<Response, EtcdFailure> {
        let dispatch = Dispatch()
        do {
            let response = try await withThrowingTaskGroup(of: Response.self) { group in
                group.addTask {
                    try await self.send(method, request, to: endpoint, timeout: timeout, dispatch)
                }
                group.addTask {
                    try await Task.sleep(for: min(timeout, self.configuration.attemptTimeout))
                    // A request that found no connection by now is better tried elsewhere.
                    guard dispatch.wasSent else { throw EtcdFailure.notDone("no connection in time") }
                    // From a member that was found not to answer, nothing is to be waited for.
                    while self.currentEndpoint == endpoint { try await Task.sleep(for: .milliseconds(250)) }
                    throw EtcdFailure.late
                }
                defer { group.cancelAll() }
                guard let first = try await group.next() else { throw EtcdFailure.notDone("no answer") }
                return first
            }
            return .success(response)
        } catch let failure as EtcdFailure {
            // It may have been sent just then.
            return .failure(dispatch.wasSent ? .late : failure)
        } catch {
            return .failure(EtcdFailure(error, wasSent: dispatch.wasSent))
        }
    }

    private func send<Request, Response>(
        _ method: EtcdMethod<Request, Response>, _ request: Request, to endpoint: Int, timeout: Duration,
        _ dispatch: Dispatch
    ) async throws -> Response {
        var options = Self.options
        options.timeout = timeout
        let streaming = StreamingClientRequest(of: Request.self) { writer in
            dispatch.begin()
            try await writer.write(request)
        }
        return try await clients[endpoint].bidirectionalStreaming(
            request: streaming, descriptor: method.descriptor, serializer: ProtobufSerializer<Request>(),
            deserializer: ProtobufDeserializer<Response>(), options: options
        ) { answer in
            var found: Response?
            for try await message in answer.messages { found = message }
            guard let found else { throw RPCError(code: .internalError, message: "the answer is empty") }
            return found
        }
    }

    /// For all calls: messages as large as the protocol's length can say, as kube-apiserver takes them from etcd.
    static let options = {
        var options = CallOptions.defaults
        options.maxResponseMessageBytes = Int(Int32.max)
        // grpc-swift-nio-transport 2.9 takes this one for the answers.
        options.maxRequestMessageBytes = Int(Int32.max)
        return options
    }()

    /// Whether a request has been handed to a connection.
    private final class Dispatch: Sendable {
        private let isSent = Mutex(false)
        var wasSent: Bool { isSent.withLock { $0 } }
        func begin() { isSent.withLock { $0 = true } }
    }
}
