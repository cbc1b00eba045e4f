import Logging
import NIOCore

/// Keeps a listener accepting: there are never more connections than files for them, and a moment without files, or a
/// connection that is gone before it is accepted, does not end it (the channel takes any error for its end).
final class AcceptHandler: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = Never

    private static let pause = TimeAmount.milliseconds(200)

    private let limit: Int
    private let logger: Logger
    private var open = 0
    /// Whether somebody asked for the next connection while there was no room for it.
    private var isWaiting = false
    private var isPaused = false

    init(limit: Int, logger: Logger) {
        self.limit = limit
        self.logger = logger
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        open += 1
        if open == limit {
            logger.warning(
                "no more connections are taken: raise the limit of open files (LimitNOFILE, ulimit -n)",
                metadata: ["connections": "\(open)"])
        }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        unwrapInboundIn(data).closeFuture.hop(to: context.eventLoop).whenComplete { _ in
            let (handler, context) = bound.value
            handler.open -= 1
            handler.resume(context)
        }
        context.fireChannelRead(data)
    }

    func read(context: ChannelHandlerContext) {
        guard open < limit, !isPaused else {
            isWaiting = true
            return
        }
        context.read()
    }

    private func resume(_ context: ChannelHandlerContext) {
        guard isWaiting, open < limit, !isPaused else { return }
        isWaiting = false
        context.read()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is IOError else { return context.fireErrorCaught(error) }
        logger.warning("a connection was not accepted", metadata: ["error": "\(error)"])
        isPaused = true
        isWaiting = true
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: Self.pause) {
            let (handler, context) = bound.value
            handler.isPaused = false
            handler.resume(context)
        }
    }
}
