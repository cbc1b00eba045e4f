import APIObjects
import NIOCore
import NIOHTTPTypes

/// Tells ``UnreadAnswers`` what is written to a connection, or to a stream of one, and what of it is gone.
final class AnswerMeter: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let unread: UnreadAnswers
    private var number: Int?

    init(_ unread: UnreadAnswers) { self.unread = unread }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .body(let bytes) = unwrapOutboundIn(data) else { return context.write(data, promise: promise) }
        let channel = context.channel
        let number = number ?? unread.register { channel.close(mode: .all, promise: nil) }
        self.number = number
        let count = bytes.readableBytes
        let promise = promise ?? context.eventLoop.makePromise()
        let unread = unread
        unread.wrote(count, to: number)
        promise.futureResult.whenComplete { _ in unread.sent(count, to: number) }
        context.write(data, promise: promise)
    }

    func channelInactive(context: ChannelHandlerContext) {
        forget()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { forget() }

    private func forget() {
        if let number { unread.unregister(number) }
        number = nil
    }
}
