import JSONStream
import KubeAPI
import LinuxSystem
import NIOCore
import NIOExtras
import NIOHTTP1
import NIOPosix
import NetworkAddress

/// Answers on a pod's ports: over HTTP it says who it is, over UDP it sends back what came.
struct PodServer: Sendable {
    private var channels: [any Channel] = []
    private var quiescing: [ServerQuiescingHelper] = []

    /// Takes the sockets over, also where it fails.
    static func start(
        _ pod: SimulatedPod, _ sockets: [PodSocket], group: any EventLoopGroup
    ) async throws -> PodServer {
        var server = PodServer()
        for (index, socket) in sockets.enumerated() {
            do {
                switch socket.kind {
                case .tcp: server.quiescing.append(try await tcp(pod, socket, group))
                case .udp: server.channels.append(try await udp(socket, group))
                }
            } catch {
                // The event loop has closed the one that failed.
                for rest in sockets[(index + 1)...] { rest.close() }
                await server.stop()
                throw error
            }
        }
        return server
    }

    private static func tcp(
        _ pod: SimulatedPod, _ socket: PodSocket, _ group: any EventLoopGroup
    ) async throws -> ServerQuiescingHelper {
        let quiescing = ServerQuiescingHelper(group: group)
        _ = try await ServerBootstrap(group: group)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(quiescing.makeServerChannelHandler(channel: channel))
                }
            }
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    // Every request is answered as soon as it is read, so none has to wait for another.
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withPipeliningAssistance: false)
                    try channel.pipeline.syncOperations.addHandler(IdentityHandler(pod: pod))
                }
            }
            .withBoundSocket(socket.descriptor).get()
        return quiescing
    }

    private static func udp(_ socket: PodSocket, _ group: any EventLoopGroup) async throws -> any Channel {
        try await DatagramBootstrap(group: group)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(EchoHandler())
                }
            }
            .withBoundSocket(socket.descriptor).get()
    }

    /// Requests that have come are answered first: once the pod's device is gone, their clients would wait for nothing.
    func stop() async {
        let ends = quiescing.map { helper in
            let ended = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: Void.self)
            helper.initiateShutdown(promise: ended)
            return ended.futureResult
        }
        for end in ends { try? await end.get() }
        for channel in channels { try? await channel.close() }
    }
}

/// Sends datagrams back.
private final class EchoHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        context.write(
            wrapOutboundOut(AddressedEnvelope(remoteAddress: envelope.remoteAddress, data: envelope.data)),
            promise: nil)
    }

    func channelReadComplete(context: ChannelHandlerContext) { context.flush() }
}

/// Answers every request with who the pod is and who asked, as JSON.
private final class IdentityHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let pod: SimulatedPod
    /// What a connection without a request gets for its first one when the pod ends.
    private static let lastChance = TimeAmount.seconds(1)

    private var keepsAlive = true
    private var isEnding = false
    private var hasAnswered = false
    private var path = ""

    init(pod: SimulatedPod) {
        self.pod = pod
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            keepsAlive = head.isKeepAlive && !isEnding
            path = head.uri
        case .body: break
        case .end: answer(context)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
        isEnding = true
        let channel = context.channel
        if hasAnswered { return channel.close(promise: nil) }
        context.eventLoop.scheduleTask(in: Self.lastChance) { channel.close(promise: nil) }
    }

    private func answer(_ context: ChannelHandlerContext) {
        hasAnswered = true
        let local = context.localAddress
        let value: JSONValue = [
            "pod": .string(pod.key.name), "namespace": .string(pod.key.namespace), "node": .string(pod.node),
            "address": .string(local?.ipAddress ?? ""), "port": .integer(Int64(local?.port ?? 0)),
            "client": .string(context.remoteAddress?.ipAddress ?? ""), "path": .string(path),
        ]
        var body = context.channel.allocator.buffer(bytes: value.serialized())
        body.writeString("\n")
        var head = HTTPResponseHead(version: .http1_1, status: .ok)
        head.headers.add(name: "Content-Type", value: "application/json")
        head.headers.add(name: "Content-Length", value: String(body.readableBytes))
        if !keepsAlive { head.headers.add(name: "Connection", value: "close") }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        let end = context.writeAndFlush(wrapOutboundOut(.end(nil)))
        if !keepsAlive {
            let channel = context.channel
            end.whenComplete { _ in channel.close(promise: nil) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
