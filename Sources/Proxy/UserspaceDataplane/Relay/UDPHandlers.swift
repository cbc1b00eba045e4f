import NIOCore

/// Receives datagrams that clients send to one socket.
final class UDPListenerHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    /// Room for the largest datagram; a shorter buffer would cut it off.
    static var allocator: any RecvByteBufferAllocator { FixedSizeRecvByteBufferAllocator(capacity: 65536) }

    private let flows: UDPFlows
    private let target: ListenerTarget

    init(_ flows: UDPFlows, _ target: ListenerTarget) {
        self.flows = flows
        self.target = target
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        flows.receive(envelope.data, from: envelope.remoteAddress, on: context.channel, target)
    }

    /// A client that is gone, or a datagram that could not be sent: the others go on.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {}
}

/// Receives the endpoint's answers for one client, and sends them from the address that the client asked.
final class UDPAnswerHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let flows: UDPFlows
    private let key: FlowKey
    private let number: UInt64
    private let listener: any Channel
    private let client: SocketAddress

    init(_ flows: UDPFlows, _ key: FlowKey, _ number: UInt64, listener: any Channel, client: SocketAddress) {
        self.flows = flows
        self.key = key
        self.number = number
        self.listener = listener
        self.client = client
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        flows.answered(key)
        guard listener.isWritable else { return }
        listener.write(AddressedEnvelope(remoteAddress: client, data: unwrapInboundIn(data).data), promise: nil)
    }

    func channelReadComplete(context: ChannelHandlerContext) { listener.flush() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { flows.refused(key, number) }

    /// The event loop gave the socket up, as it does where the route to the endpoint is gone.
    func channelInactive(context: ChannelHandlerContext) { flows.refused(key, number) }
}
