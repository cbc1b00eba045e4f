import LinuxSystem
import Logging
import NIOCore
import NIOPosix
import NetworkAddress
import ServiceModel
import Synchronization

/// A listening socket, and the channel that serves it.
struct OpenListener: Sendable {
    let target: ListenerTarget
    /// What the kernel checks before we hear of a client; TCP only.
    var filter: SocketFilter?
    private let descriptor: Int32
    private let channel: EventLoopFuture<any Channel>

    /// Opens a socket. Clients are queued by the kernel from now on, also before the event loop has it.
    ///
    /// - Parameters:
    ///   - isRoute: whether only a local route makes the address one of this host's.
    ///   - limit: the first descriptor that it may not have.
    /// - Throws: as ``BoundSocket``.
    static func open(
        _ target: ListenerTarget, filter: SocketFilter?, isRoute: Bool, below limit: Int, group: any EventLoopGroup,
        hub: RelayHub, flows: UDPFlows
    ) throws(SystemError) -> OpenListener {
        let key = target.current.listener.key
        let isTCP = key.transport == .tcp
        let descriptor = try BoundSocket.open(
            isTCP ? .tcp : .udp, key.address, device: key.device, port: key.port, sharing: .handover,
            filter: isTCP ? filter : nil,
            isRoute: isRoute, below: limit)
        let channel = isTCP ? serve(descriptor, target, group, hub) : serve(descriptor, target, group, flows)
        channel.whenFailure { _ in target.assignment.withLock { $0.isBroken = true } }
        channel.flatMap { $0.closeFuture }.whenComplete { _ in target.assignment.withLock { $0.isBroken = true } }
        return OpenListener(target: target, filter: filter, descriptor: descriptor, channel: channel)
    }

    private static func serve(
        _ descriptor: Int32, _ target: ListenerTarget, _ group: any EventLoopGroup, _ hub: RelayHub
    ) -> EventLoopFuture<any Channel> {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4096)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers(AcceptErrorHandler(hub), AcceptBackoffHandler())
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(RelayHandler(dialer: Dialer(hub, target)))
                }
            }
            .withBoundSocket(descriptor)
    }

    private static func serve(
        _ descriptor: Int32, _ target: ListenerTarget, _ group: any EventLoopGroup, _ flows: UDPFlows
    ) -> EventLoopFuture<any Channel> {
        DatagramBootstrap(group: group)
            .channelOption(.recvAllocator, value: UDPListenerHandler.allocator)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(UDPListenerHandler(flows, target))
                }
            }
            .withBoundSocket(descriptor)
    }

    /// Makes the kernel accept other clients. The result completes when that is in force.
    mutating func set(_ filter: SocketFilter?, _ logger: Logger) -> EventLoopFuture<Void> {
        self.filter = filter
        let descriptor = descriptor
        // On its event loop, where nobody closes it meanwhile: the number could be another socket's by then.
        return channel.map { channel in
            guard channel.isActive else { return }
            guard let filter else { return SocketFilter.detach(from: descriptor) }
            do throws(SystemError) {
                try filter.attach(to: descriptor)
            } catch {
                logger.warning(
                    "cannot set the socket's filter; connections are refused instead of dropped",
                    metadata: ["error": "\(error)"])
            }
        }
    }

    /// Succeeds when the event loop serves the socket, and fails if it could not take it.
    var served: EventLoopFuture<Void> { channel.map { _ in } }

    /// Closes the socket; fails if it is closed already. The kernel refuses clients from then on, connections stay.
    func close() -> EventLoopFuture<Void> { channel.flatMap { $0.close() } }
}

/// Logs why clients are temporarily not accepted; the event loop retries after a pause.
private final class AcceptErrorHandler: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private let hub: RelayHub

    init(_ hub: RelayHub) {
        self.hub = hub
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        hub.warn("connections wait: \(RelayHub.sentence(error))")
        context.fireErrorCaught(error)
    }
}
