import LinuxSystem
import NIOCore
import NIOPosix
import NetworkAddress

/// Answers for all endpoints of a world.
///
/// All worlds share one thread. It is bound to the processor of the probes (see ``ProbeThread``) and waits until they
/// pause. Otherwise the scheduler would, at random, wake another processor, which takes longer than everything
/// measured, or let the server interrupt the probes.
///
/// Over TCP each message of ``messageSize`` bytes is answered with one that begins with the address that it was sent to,
/// so that the client learns which endpoint it has. A connection whose first byte is ``streamMark`` is read to its end
/// and then answered with the number of bytes (8, big-endian). Over UDP each datagram comes back.
final class BackendServer: Sendable {
    static let messageSize = 64
    static let requestMark: UInt8 = 1
    static let streamMark: UInt8 = 2

    /// Descriptors in the backends' namespace.
    struct Sockets: Sendable {
        var stream: Int32
        var datagram: [Int32] = []

        /// In the calling thread's namespace.
        static func open(for workload: Workload) throws(SystemError) -> Sockets {
            var sockets = Sockets(stream: try BoundSocket.open(.tcp, .ipv4, port: Workload.endpointPort))
            do throws(SystemError) {
                // A socket for each address, so that answers come from the address that was asked.
                for service in Set(Workload.Position.allCases.map(workload.index)) {
                    for address in workload.allEndpoints(service) {
                        sockets.datagram.append(
                            try BoundSocket.open(.udp, address, port: Workload.endpointPort, sharing: .reuse))
                    }
                }
            } catch {
                sockets.close()
                throw error
            }
            return sockets
        }

        func close() { for descriptor in [stream] + datagram { BoundSocket.close(descriptor) } }
    }

    private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let channels: [any Channel]

    private init(channels: [any Channel]) {
        self.channels = channels
    }

    /// Takes the sockets over.
    static func start(_ sockets: Sockets) async throws -> BackendServer {
        try await group.next().submit {
            ProbeThread.bind()
            ThreadPlacement.neverPreempt()
        }.get()
        var channels: [any Channel] = []
        channels.append(
            try await ServerBootstrap(group: group)
                .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
                .childChannelOption(
                    .recvAllocator,
                    value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 1024, maximum: 262144)
                )
                .childChannelOption(.allowRemoteHalfClosure, value: true)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(StreamHandler())
                    }
                }
                .withBoundSocket(sockets.stream).get())
        for descriptor in sockets.datagram {
            channels.append(
                try await DatagramBootstrap(group: group)
                    .channelInitializer { channel in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHandler(DatagramHandler())
                        }
                    }
                    .withBoundSocket(descriptor).get())
        }
        return BackendServer(channels: channels)
    }

    func stop() async {
        for channel in channels { try? await channel.close() }
    }
}

/// Sends datagrams back.
private final class DatagramHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        context.writeAndFlush(
            wrapOutboundOut(AddressedEnvelope(remoteAddress: envelope.remoteAddress, data: envelope.data)),
            promise: nil)
    }
}

private final class StreamHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var isStream: Bool?
    private var received = 0
    private var pending = 0
    private var answer: ByteBuffer?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        received += bytes.readableBytes
        if isStream == nil { isStream = bytes.readableBytesView.first == BackendServer.streamMark }
        guard isStream == false else { return }
        pending += bytes.readableBytes
        while pending >= BackendServer.messageSize {
            pending -= BackendServer.messageSize
            context.write(wrapOutboundOut(identity(context)), promise: nil)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) { context.flush() }

    /// The address that the client was led to, and zeros.
    private func identity(_ context: ChannelHandlerContext) -> ByteBuffer {
        if let answer { return answer }
        var buffer = context.channel.allocator.buffer(capacity: BackendServer.messageSize)
        if let address = context.localAddress?.ipAddress.flatMap({ IPAddress($0) }) { buffer.writeBytes(address.bytes) }
        buffer.writeRepeatingByte(0, count: BackendServer.messageSize - buffer.readableBytes)
        answer = buffer
        return buffer
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .inputClosed? = event as? ChannelEvent else { return context.fireUserInboundEventTriggered(event) }
        if isStream == true {
            context.writeAndFlush(
                wrapOutboundOut(ByteBuffer(integer: UInt64(received))), promise: nil)
        }
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
