public import NIOCore

/// Removes the PING frames from the bytes of an HTTP/2 server.
///
/// The gRPC library of etcd and of containerd sends one with nearly every answer, to measure the connection. From
/// version 1.46 on, swift-nio-http2 takes more than 200 in half a minute for an attack, and closes the connection with
/// all requests on it.
struct PingFilter {
    private static let headLength = 9
    private static let pingLength = 8
    private static let pingType: UInt8 = 6
    private static let isAnswer: UInt8 = 1

    /// The beginning of a frame of which too little is there.
    private var held = ByteBuffer()
    /// Bytes of the frame under way that are still to come.
    private var rest = 0

    /// - Parameters:
    ///   - pass: told what is to go on, in order.
    ///   - answer: told of each PING what it holds.
    mutating func take(_ bytes: ByteBuffer, pass: (ByteBuffer) -> Void, answer: (ByteBuffer) -> Void) {
        var bytes = bytes
        if held.readableBytes > 0 {
            held.writeBuffer(&bytes)
            bytes = held
            held = ByteBuffer()
        }
        var start = bytes.readerIndex
        var position = start
        func passOn() {
            if position > start, let part = bytes.getSlice(at: start, length: position - start) { pass(part) }
        }
        while position < bytes.writerIndex {
            let left = bytes.writerIndex - position
            if rest > 0 {
                position += min(rest, left)
                rest -= min(rest, left)
                continue
            }
            guard left >= Self.headLength, let head = bytes.getBytes(at: position, length: 5) else { break }
            let length = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
            guard head[3] == Self.pingType, head[4] & Self.isAnswer == 0, length == Self.pingLength else {
                rest = Self.headLength + length
                continue
            }
            guard let content = bytes.getSlice(at: position + Self.headLength, length: length) else { break }
            passOn()
            answer(content)
            position += Self.headLength + length
            start = position
        }
        passOn()
        if position < bytes.writerIndex {
            held = bytes.getSlice(at: position, length: bytes.writerIndex - position) ?? ByteBuffer()
        }
    }

    /// The frame that answers a PING.
    static func frame(answering content: ByteBuffer) -> ByteBuffer {
        var frame = ByteBuffer(bytes: [0, 0, UInt8(pingLength), pingType, isAnswer, 0, 0, 0, 0])
        frame.writeImmutableBuffer(content)
        return frame
    }
}

/// Answers PINGs before later handlers see them.
public final class PingHandler: ChannelInboundHandler {
    public typealias InboundIn = ByteBuffer
    public typealias InboundOut = ByteBuffer
    public typealias OutboundOut = ByteBuffer

    private var filter = PingFilter()
    private var hasAnswered = false

    public init() {}

    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        filter.take(unwrapInboundIn(data)) { bytes in
            context.fireChannelRead(wrapInboundOut(bytes))
        } answer: { content in
            // Who does not read gets none: then nothing piles up.
            guard context.channel.isWritable else { return }
            context.write(wrapOutboundOut(PingFilter.frame(answering: content)), promise: nil)
            hasAnswered = true
        }
    }

    public func channelReadComplete(context: ChannelHandlerContext) {
        if hasAnswered { context.flush() }
        hasAnswered = false
        context.fireChannelReadComplete()
    }
}
