import NIOCore
import NIOHTTP1
import NIOPosix
public import NIOSSL
import NetworkAddress

/// A listening socket that answers each request at once from a function. Small on purpose: no router, no tasks,
/// a few kilobytes for each listener, since there is one for each service with a health check node port.
public struct HTTPListener: Sendable {
    private let channel: any Channel

    public typealias Answer = @Sendable (HTTPQuestion) -> HTTPAnswer

    /// Where it listens; the port is the real one.
    public let endpoint: HostPort

    /// Listens. An unspecified address of either family listens on all addresses of both, as Go does.
    /// - Parameters:
    ///   - tls: for HTTPS; nil: plain HTTP.
    ///   - idleLimit: how long a connection may have nothing to say.
    ///   - answer: called on an event loop: it must not block.
    public static func bind(
        _ endpoint: HostPort, tls: NIOSSLContext? = nil, idleLimit: Duration = .seconds(60), answer: @escaping Answer
    ) async throws -> HTTPListener {
        let idle = TimeAmount(idleLimit)
        if endpoint.address.isUnspecified {
            do {
                return try await bind(address: IPAddress(family: .ipv6, value: 0), endpoint.port, tls, idle, answer)
            } catch let error as IOError where error.isFamilyMissing {
                return try await bind(address: IPAddress(family: .ipv4, value: 0), endpoint.port, tls, idle, answer)
            }
        }
        return try await bind(address: endpoint.address, endpoint.port, tls, idle, answer)
    }

    private static func bind(
        address: IPAddress, _ port: UInt16, _ tls: NIOSSLContext?, _ idle: TimeAmount, _ answer: @escaping Answer
    ) async throws -> HTTPListener {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 64)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(IdleStateHandler(allTimeout: idle))
                    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
                    try pipeline.configureHTTPServerPipeline(withErrorHandling: true)
                    try pipeline.addHandler(HTTPAnswerHandler(answer: answer))
                }
            }
            // By the address itself: a name would be looked up, which fails while the host has no other IPv6 address.
            .bind(to: try SocketAddress(ipAddress: address.description, port: Int(port))).get()
        let bound = channel.localAddress?.port.flatMap { UInt16(exactly: $0) } ?? port
        return HTTPListener(channel: channel, endpoint: HostPort(address: address, port: bound))
    }

    private init(channel: any Channel, endpoint: HostPort) {
        self.channel = channel
        self.endpoint = endpoint
    }

    public func close() async {
        try? await channel.close().get()
    }

    /// Returns when the socket is closed; closes it when the task is cancelled.
    public func closed() async throws {
        try await withTaskCancellationHandler {
            try await channel.closeFuture.get()
        } onCancel: {
            channel.close(promise: nil)
        }
    }
}

extension IOError {
    /// The kernel was started without IPv6: EAFNOSUPPORT or EADDRNOTAVAIL.
    fileprivate var isFamilyMissing: Bool { errnoCode == 97 || errnoCode == 99 }
}

/// Answers requests on one connection. Any method is as good as GET; bodies are not read.
private final class HTTPAnswerHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let answer: HTTPListener.Answer
    private var head: HTTPRequestHead?

    init(answer: @escaping HTTPListener.Answer) {
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body: break
        case .end:
            if let head { respond(to: head, context) }
            head = nil
        }
    }

    private func respond(to request: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let peer = context.remoteAddress?.ipAddress.flatMap { IPAddress($0) }
        let accept = request.headers["Accept"]
        let answer = answer(
            HTTPQuestion(
                uri: request.uri, isFromLoopback: peer?.isLoopback ?? false,
                accept: accept.isEmpty ? nil : accept.joined(separator: ",")))
        var headers = HTTPHeaders(answer.headers.map { ($0.name, $0.value) })
        headers.add(name: "Content-Length", value: String(answer.body.utf8.count))
        if !request.isKeepAlive { headers.add(name: "Connection", value: "close") }
        let head = HTTPResponseHead(
            version: request.version, status: HTTPResponseStatus(statusCode: answer.status), headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if request.method != .HEAD {
            let buffer = context.channel.allocator.buffer(string: answer.body)
            context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
        }
        let written = context.eventLoop.makePromise(of: Void.self)
        if !request.isKeepAlive {
            let channel = context.channel
            written.futureResult.whenComplete { _ in channel.close(promise: nil) }
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent {
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
