import NIOCore
import NIOHTTP1
import NIOPosix
public import NIOSSL
import NetworkAddress

/// A listening socket that answers each request at once from a function. Small on purpose, without router and tasks:
/// each Service with a health check node port has one, of a few kilobytes.
public struct HTTPListener: Sendable {
    private let channel: any Channel

    public typealias Answer = @Sendable (HTTPQuestion) -> HTTPAnswer

    /// The address on which it listens; never with port 0.
    public let endpoint: HostPort

    /// Listens. An unspecified address of either family listens on all addresses of both, as Go does.
    /// - Parameters:
    ///   - tls: for HTTPS; nil: plain HTTP.
    ///   - idleLimit: how long a connection may be idle.
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
                    try pipeline.addHandler(
                        HTTPAnswerHandler { loop, question in loop.makeSucceededFuture(answer(question)) })
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
