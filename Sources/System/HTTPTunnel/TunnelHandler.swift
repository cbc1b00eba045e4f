import NIOCore

/// One end of a tunnel. Bytes that come in go out at the other end, one piece at a time, so a slow reader slows the
/// sender. Later handlers on its channel do not see them.
final class TunnelHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var context: ChannelHandlerContext?
    private var partner: TunnelHandler?

    /// Both channels must be on the same event loop.
    static func pair() -> (TunnelHandler, TunnelHandler) {
        let pair = (TunnelHandler(), TunnelHandler())
        pair.0.partner = pair.1
        pair.1.partner = pair.0
        return pair
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        partner = nil
    }

    func start() { context?.read() }

    /// Ignores reads from later handlers: ``start()`` reads.
    func read(context: ChannelHandlerContext) {}

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let other = partner?.context else { return }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        other.writeAndFlush(wrapOutboundOut(unwrapInboundIn(data))).whenComplete { _ in bound.value.start() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { return end() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end()
        context.close(promise: nil)
    }

    /// The other end closes when all is written.
    private func end() {
        guard let other = partner?.context else { return }
        let bound = NIOLoopBound(other, eventLoop: other.eventLoop)
        other.writeAndFlush(wrapOutboundOut(ByteBuffer())).whenComplete { _ in bound.value.close(promise: nil) }
    }
}
