import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Testing

@testable import HTTPTunnel

@Suite struct UpgradeTunnelTests {
    /// Answers each line with `got LINE`, and closes on `bye`.
    private final class Lines: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private var bytes: [UInt8] = []

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            bytes += unwrapInboundIn(data).readableBytesView
            while let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: bytes[..<end].filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
                bytes.removeFirst(end + 1)
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "got \(line)\n")), promise: nil)
                if line == "bye" { context.close(promise: nil) }
            }
        }
    }

    /// Starts a tunnel for each request.
    private final class Front: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart
        let port: Int
        init(port: Int) { self.port = port }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard case .head(let head) = unwrapInboundIn(data) else { return }
            let (channel, port) = (context.channel, port)
            let bytes = UpgradeTunnel.head(
                "POST", head.uri, host: "x", [("Upgrade", "lines"), ("Bad", "a\r\nInjected: b")])
            channel.eventLoop.makeFutureWithTask {
                try await UpgradeTunnel.run(channel, to: .init(host: "127.0.0.1", port: port), head: bytes)
            }.whenFailure { _ in channel.close(promise: nil) }
        }
    }

    private func server(
        _ initializer: @escaping @Sendable (any Channel) throws -> Void
    ) async throws -> any Channel {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in channel.eventLoop.makeCompletedFuture { try initializer(channel) } }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    /// Collects what comes until the other side closes.
    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        let promise: EventLoopPromise<String>
        let first: EventLoopPromise<Void>
        private var text = ""
        init(_ promise: EventLoopPromise<String>, first: EventLoopPromise<Void>) {
            self.promise = promise
            self.first = first
        }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            text += String(buffer: unwrapInboundIn(data))
            first.succeed()
        }
        func channelInactive(context: ChannelHandlerContext) {
            first.succeed()
            promise.succeed(text)
        }
    }

    @Test("A request and all that follows it reach the other server, and its bytes the client; either end ends both")
    func tunnel() async throws {
        let back = try await server { try $0.pipeline.syncOperations.addHandler(Lines()) }
        let backPort = try #require(back.localAddress?.port)
        let front = try await server { channel in
            try channel.pipeline.syncOperations.configureHTTPServerPipeline(withPipeliningAssistance: true)
            try channel.pipeline.syncOperations.addHandler(Front(port: backPort))
        }
        let promise = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: String.self)
        let first = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: Void.self)
        let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Collector(promise, first: first))
                }
            }.connect(host: "127.0.0.1", port: try #require(front.localAddress?.port)).get()
        let request = "POST /exec HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: lines\r\n\r\n"
        try await client.writeAndFlush(ByteBuffer(string: request))
        // A client says nothing more before it has heard from the other side.
        try await first.futureResult.get()
        try await client.writeAndFlush(ByteBuffer(string: "one\ntwo\nbye\n"))
        let text = try await promise.futureResult.get()
        #expect(text == "got POST /exec HTTP/1.1\ngot Host: x\ngot Upgrade: lines\ngot \ngot one\ngot two\ngot bye\n")
        try await front.close()
        try await back.close()
    }
}
