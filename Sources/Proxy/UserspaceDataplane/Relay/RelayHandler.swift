internal import Glibc
import NIOCore
import ServiceModel

/// One side of a relayed TCP connection; the other side is its peer, on the same event loop.
///
/// Each side writes what the other reads. A side reads only while the other can write, so a slow receiver slows the
/// sender and little is buffered. The end of one direction is passed on when everything before it has been written. A
/// reset on one side resets the other.
final class RelayHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var context: ChannelHandlerContext?
    private var peer: RelayHandler?
    /// Looks for the other side when the connection is there.
    private var dialer: Dialer?
    /// Data that arrived before the other side existed: the event loop reads the data of a client that closes at once.
    private var early: [ByteBuffer] = []
    /// Nothing more will come from this side.
    private var hasEnded = false
    /// Nothing more will be written to this side.
    private var hasFinished = false
    private var isBroken = false
    private var wantsRead = false
    /// Observes arriving bytes and, on the client's side, the end.
    private var tally: (tally: RelayTally, path: FlowPath, isClient: Bool)?
    private var uncounted = 0

    init(dialer: Dialer? = nil) {
        self.dialer = dialer
    }

    /// Begins to relay.
    static func connect(_ one: RelayHandler, _ other: RelayHandler) {
        one.peer = other
        other.peer = one
        one.begin()
        other.begin()
    }

    private func begin() {
        guard let context, let peer else { return }
        for buffer in early { peer.write(buffer) }
        if !early.isEmpty { peer.flush() }
        early = []
        guard !hasEnded else { return peer.finish() }
        context.channel.setOption(.autoRead, value: true).whenFailure { _ in }
    }

    var isActive: Bool { context?.channel.isActive ?? false }

    func count(_ tally: RelayTally, _ path: FlowPath, isClient: Bool) {
        self.tally = (tally, path, isClient)
        uncounted = early.reduce(0) { $0 + $1.readableBytes }
    }

    private func tellWhatCame() {
        guard let tally, uncounted > 0 else { return }
        tally.tally.moved(tally.path, uncounted, toEndpoint: tally.isClient)
        uncounted = 0
    }

    // MARK: What the other side asks for

    private var isWritable: Bool { context?.channel.isWritable ?? false }

    private func write(_ buffer: ByteBuffer) { context?.write(wrapOutboundOut(buffer), promise: nil) }

    private func flush() { context?.flush() }

    /// The other side can write again.
    private func resume() {
        guard wantsRead else { return }
        wantsRead = false
        context?.read()
    }

    private func finish() {
        guard let context else { return }
        // It is done when all before it is: a channel that has ended closes at once and would lose the rest.
        let last = context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(capacity: 0)))
        last.assumeIsolated().whenSuccess {
            self.hasFinished = true
            context.close(mode: .output, promise: nil)
        }
    }

    /// Breaks the connection off, which the other end sees as a reset.
    func reset() {
        guard let context else { return }
        early = []
        peer = nil
        if let options = context.channel as? any SocketOptionProvider {
            options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenFailure { _ in }
        }
        context.close(promise: nil)
    }

    // MARK: Handler

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        peer = nil
        dialer = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        dialer?.begin(for: self, context.channel)
        dialer = nil
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        uncounted += buffer.readableBytes
        if let peer { peer.write(buffer) } else { early.append(buffer) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        peer?.flush()
        tellWhatCame()
    }

    func read(context: ChannelHandlerContext) {
        if let peer, !peer.isWritable { wantsRead = true } else { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { peer?.resume() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed {
            hasEnded = true
            peer?.finish()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        tellWhatCame()
        if let tally, tally.isClient { tally.tally.ended(tally.path) }
        tally = nil
        let other = peer
        peer = nil
        if isBroken || !hasFinished {
            other?.reset()
        } else if !hasEnded {
            // Where this side is finished already, its end closes the channel without an event.
            other?.finish()
        }
        context.fireChannelInactive()
    }

    /// The channel closes, which then notifies the other side.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        isBroken = true
        context.close(promise: nil)
    }
}
