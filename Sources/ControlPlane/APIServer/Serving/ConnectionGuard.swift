import NIOCore
import NIOTLS

/// How long a connection may take for what (kube-apiserver: tlsHandshakeTimeout, ReadHeaderTimeout, IdleTimeout).
public struct ConnectionTimeouts: Hashable, Sendable {
    public var handshake = Duration.seconds(10)
    /// From the first byte of a request to the end of its header, and from the handshake to the first request.
    public var header = Duration.seconds(32)
    /// Between two requests.
    public var idle = Duration.seconds(90)

    public init() {}
}

/// Closes connections that take too long, and tells when the client is gone. It stands behind TLS.
final class ConnectionGuard: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let activity: ConnectionActivity
    private let timeouts: ConnectionTimeouts
    private let opened = NIODeadline.now()
    /// When TLS was done; nil before.
    private var ready: NIODeadline?
    private var isMultiplexed = false
    /// When the first bytes of the next request came, and how many requests had been begun then.
    private var first: (at: NIODeadline, begun: Int)?
    private var timer: Scheduled<Void>?
    private var kept: (any Sendable)?

    /// - Parameter kept: what may not go before the connection is closed.
    init(
        _ activity: ConnectionActivity, _ timeouts: ConnectionTimeouts, isSecure: Bool, keeping kept: any Sendable
    ) {
        self.activity = activity
        self.kept = kept
        self.timeouts = timeouts
        if !isSecure { ready = .now() }
    }

    func handlerAdded(context: ChannelHandlerContext) { schedule(context) }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        activity.gone()
        kept = nil
    }

    /// When the connection is to be closed, as things stand; nil while a request is answered.
    private var limit: NIODeadline? {
        guard let ready else { return opened + TimeAmount(timeouts.handshake) }
        let now = activity.snapshot
        if now.active > 0 { return nil }
        // Streams of HTTP/2 have no bytes of their own here, and clients ping.
        if !isMultiplexed, let first, first.begun == now.begun { return first.at + TimeAmount(timeouts.header) }
        if now.begun == 0 { return ready + TimeAmount(isMultiplexed ? timeouts.idle : timeouts.header) }
        return now.idleSince + TimeAmount(timeouts.idle)
    }

    private func schedule(_ context: ChannelHandlerContext) {
        let next = limit ?? .now() + TimeAmount(timeouts.handshake)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(deadline: next) {
            let (handler, context) = bound.value
            handler.look(context)
        }
    }

    private func look(_ context: ChannelHandlerContext) {
        if let limit, limit <= .now() { return context.close(promise: nil) }
        schedule(context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let now = activity.snapshot
        if now.active == 0, first?.begun != now.begun {
            first = (.now(), now.begun)
            // The time for the header may end before the next look.
            timer?.cancel()
            schedule(context)
        }
        context.fireChannelRead(data)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case TLSUserEvent.handshakeCompleted(let negotiated):
            ready = .now()
            isMultiplexed = negotiated == "h2"
        case ChannelEvent.inputClosed: activity.gone()
        default: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        activity.gone()
        context.fireChannelInactive()
    }
}
