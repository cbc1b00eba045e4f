import NIOCore
import NIOHTTP1
import NetworkAddress

/// Answers requests on one connection. Bodies are not read.
final class HTTPAnswerHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart
    typealias Answer = @Sendable (any EventLoop, HTTPQuestion) -> EventLoopFuture<HTTPAnswer>

    private let answer: Answer
    /// Whether a connection is good for one request only, so that what a client does not read stays one answer.
    private let answersOnce: Bool
    private var head: HTTPRequestHead?
    private var isDone = false

    init(answersOnce: Bool = false, answer: @escaping Answer) {
        self.answersOnce = answersOnce
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDone else { return }
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body: break
        case .end:
            guard let head else { return }
            self.head = nil
            isDone = answersOnce
            let peer = context.remoteAddress?.ipAddress.flatMap { IPAddress($0) }
            let accept = head.headers["Accept"]
            let question = HTTPQuestion(
                uri: head.uri, method: head.method.rawValue, isFromLoopback: peer?.isLoopback ?? false,
                accept: accept.isEmpty ? nil : accept.joined(separator: ","))
            answer(context.eventLoop, question).assumeIsolated().whenSuccess { self.send($0, for: head, context) }
        }
    }

    private func send(_ answer: HTTPAnswer, for request: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let isKept = request.isKeepAlive && !answersOnce
        var headers = HTTPHeaders(answer.headers.map { ($0.name, $0.value) })
        headers.add(name: "Content-Length", value: String(answer.body.utf8.count))
        if !isKept { headers.add(name: "Connection", value: "close") }
        let head = HTTPResponseHead(
            version: request.version, status: HTTPResponseStatus(statusCode: answer.status), headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if request.method != .HEAD {
            let buffer = context.channel.allocator.buffer(string: answer.body)
            context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
        }
        let written = context.eventLoop.makePromise(of: Void.self)
        if !isKept {
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
