import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// A scripted HTTP server on a loopback port.
final class FakeServer: Sendable {
    struct Request: Sendable {
        var method: String
        /// Without the query.
        var path: String
        var query: [String: String]
        var headers: HTTPHeaders
        var body: [UInt8] = []
    }

    /// Closes the connection without finishing the answer.
    struct Drop: Error {}

    typealias Writer = NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
    typealias Handler = @Sendable (Request, Responder) async throws -> Void
    private typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

    /// NIO ends the process where a connection goes that is not closed, as one may that was accepted at the end.
    private final class Keeper: ChannelInboundHandler {
        typealias InboundIn = NIOAny
        private var kept: Connection?
        init(_ kept: Connection) { self.kept = kept }
        func handlerRemoved(context: ChannelHandlerContext) { kept = nil }
    }

    struct Responder: Sendable {
        fileprivate let writer: Writer

        func begin(_ status: Int = 200, _ headers: HTTPHeaders = [:]) async throws {
            var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: headers)
            head.headers.add(name: "Content-Type", value: "application/json")
            try await writer.write(.head(head))
        }

        func send(_ text: String) async throws {
            try await writer.write(.body(.byteBuffer(ByteBuffer(string: text))))
        }

        func end() async throws { try await writer.write(.end(nil)) }

        func reply(_ text: String, status: Int = 200, _ headers: HTTPHeaders = [:]) async throws {
            try await begin(status, headers)
            try await send(text)
            try await end()
        }
    }

    let port: Int
    private let log = Mutex<[Request]>([])
    private let listener: NIOAsyncChannel<Connection, Never>
    private let handler: Handler

    private init(port: Int, listener: NIOAsyncChannel<Connection, Never>, handler: @escaping Handler) {
        self.port = port
        self.listener = listener
        self.handler = handler
    }

    /// All requests so far.
    var requests: [Request] { log.withLock { $0 } }

    /// Runs a server while `body` runs.
    static func run<Result: Sendable>(
        host: String = "127.0.0.1", port: Int = 0, tls: TLSConfiguration? = nil, handler: @escaping Handler,
        _ body: @Sendable @escaping (FakeServer) async throws -> Result
    ) async throws -> Result {
        let context = try tls.map { try NIOSSLContext(configuration: $0) }
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    }
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    let connection = try Connection(wrappingChannelSynchronously: channel)
                    try channel.pipeline.syncOperations.addHandler(Keeper(connection), position: .first)
                    return connection
                }
            }
        let server = FakeServer(
            port: listener.channel.localAddress?.port ?? 0, listener: listener, handler: handler)
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                try await server.serve()
                return nil
            }
            group.addTask { try await body(server) }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw CancellationError()
        }
    }

    private func serve() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            try await listener.executeThenClose { connections in
                for try await connection in connections {
                    group.addTask { try? await self.serve(connection) }
                }
            }
        }
    }

    private func serve(_ connection: Connection) async throws {
        try await connection.executeThenClose { inbound, outbound in
            var request: Request?
            for try await part in inbound {
                switch part {
                case .head(let head): request = Self.request(head)
                case .body(let buffer): request?.body += Array(buffer: buffer)
                case .end:
                    guard let complete = request else { continue }
                    log.withLock { $0.append(complete) }
                    try await handler(complete, Responder(writer: outbound))
                }
            }
        }
    }

    private static func request(_ head: HTTPRequestHead) -> Request {
        let parts = head.uri.split(separator: "?", maxSplits: 1)
        var query: [String: String] = [:]
        for item in parts.dropFirst().first?.split(separator: "&") ?? [] {
            let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            query[String(pair[0])] = pair.count > 1 ? String(pair[1]) : ""
        }
        return Request(method: head.method.rawValue, path: String(parts[0]), query: query, headers: head.headers)
    }
}
