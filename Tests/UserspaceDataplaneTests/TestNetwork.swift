import Dataplane
import Glibc
import LinuxSystem
import Logging
import NIOCore
import NIOPosix
import Netlink
import NetworkAddress
import ServiceModel

@testable import UserspaceDataplane

/// A network namespace with endpoints, clients and the dataplane under test. The endpoints are servers on addresses of
/// the loopback device: 10.244.1.1 to .4 and fd00:244::1; clients are 198.51.100.1, 198.51.101.1 and the node itself.
final class TestNetwork: Sendable {
    let namespace: NetworkNamespace
    private let group: MultiThreadedEventLoopGroup

    static let canBeMade = (try? NetworkNamespace()) != nil
    static let endpoints = ["10.244.1.1", "10.244.1.2", "10.244.1.3", "10.244.1.4"]
    static let clients = ["198.51.100.1", "198.51.101.1"]

    init() throws {
        let namespace = try NetworkNamespace()
        self.namespace = namespace
        let addresses = try (Self.endpoints + Self.clients + ["192.0.2.1", "fd00:244::1"]).map(Sample.ip)
        group = try namespace.run { () throws(SystemError) in
            var routes = try RouteSocket()
            let loopback = try routes.found("lo")
            try routes.setUp(loopback)
            for address in addresses {
                try routes.addAddress(address, prefixLength: address.family.bitWidth, device: loopback)
            }
            return MultiThreadedEventLoopGroup(numberOfThreads: 1)
        }
    }

    func close() async throws { try await group.shutdownGracefully() }

    // MARK: The dataplane

    func dataplane(
        _ family: IPFamily = .ipv4, _ adjust: @Sendable (inout UserspaceConfiguration) -> Void = { _ in }
    ) throws -> UserspaceDataplane {
        var configuration = UserspaceConfiguration(family: family, threads: 2)
        adjust(&configuration)
        let chosen = configuration
        let made = try namespace.run { () throws(SystemError) -> Result<UserspaceDataplane, DataplaneError> in
            Result { () throws(DataplaneError) in
                try UserspaceDataplane(configuration: chosen, logger: Logger(label: "test"))
            }
        }
        return try made.get()
    }

    /// The service addresses on the loopback device.
    func ours(_ family: IPFamily = .ipv4) throws -> Set<IPAddress> { try present(family).ours }

    func present(_ family: IPFamily = .ipv4) throws -> ServiceAddresses.Present {
        try namespace.run { () throws(SystemError) in
            var addresses = try ServiceAddresses(family: family)
            return try addresses.read()
        }
    }

    /// Puts addresses on the loopback device itself, with the mark that they had (IFA_PROTO).
    func addAsEarlierVersion(_ addresses: [IPAddress]) throws {
        try namespace.run { () throws(SystemError) in
            var socket = try NetlinkSocket(protocol: 0)
            var writer = NetlinkWriter()
            for address in addresses {
                // RTM_NEWADDR to create, struct ifaddrmsg of lo, IFA_LOCAL, IFA_PROTO
                writer.beginMessage(type: 20, flags: 0x601, sequence: socket.reserveSequence())
                writer.append(UInt8(address.family == .ipv4 ? 2 : 10))
                writer.append(UInt8(address.family.bitWidth))
                writer.append(UInt16(0))
                writer.append(UInt32(1))
                writer.attribute(2, bytes: address.bytes)
                writer.attribute(11, byte: 198)
                writer.endMessage()
            }
            if let rejection = try socket.sendBatch(writer.bytes).first { throw rejection.error }
        }
    }

    // MARK: Servers

    /// Sends its name and then back what it gets, until the client ends.
    func echo(_ address: String, port: UInt16 = 8080) async throws -> any Channel {
        try await serve(address, port) { EchoHandler(name: address) }
    }

    /// Breaks every connection off when something comes.
    func resetting(_ address: String, port: UInt16 = 8080) async throws -> any Channel {
        try await serve(address, port) { ResetHandler() }
    }

    private func serve(
        _ address: String, _ port: UInt16, _ handler: @escaping @Sendable () -> any ChannelHandler
    ) async throws -> any Channel {
        let ip = try Sample.ip(address)
        let descriptor = try namespace.run { () throws(SystemError) in
            try BoundSocket.open(.tcp, ip, port: port, sharing: .reuse)
        }
        return try await ServerBootstrap(group: group)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(handler()) }
            }
            .withBoundSocket(descriptor).get()
    }

    /// A socket whose connections are accepted with ``ClientSocket/init(acceptedBy:)``, and read when the test does.
    func listen(_ address: String, port: UInt16 = 8080) throws -> Int32 {
        let ip = try Sample.ip(address)
        return try namespace.run { () throws(SystemError) in
            try BoundSocket.open(.tcp, ip, port: port, sharing: .reuse)
        }
    }

    /// Answers each datagram with its name, and the client as it sees it.
    func udp(_ address: String, port: UInt16 = 8080) async throws -> any Channel {
        let ip = try Sample.ip(address)
        let descriptor = try namespace.run { () throws(SystemError) in
            try BoundSocket.open(.udp, ip, port: port, sharing: .handover)
        }
        return try await DatagramBootstrap(group: group)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 65536))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(NameHandler(name: address))
                }
            }
            .withBoundSocket(descriptor).get()
    }

    // MARK: Clients

    func client(
        _ kind: BoundSocket.Kind = .tcp, to address: String, port: UInt16 = 80, from source: String? = nil,
        seconds: Double = 60
    ) throws -> ClientSocket {
        let ip = try Sample.ip(address)
        let from = try source.map(Sample.ip)
        let client = try namespace.run { () throws(SystemError) in
            try ClientSocket(kind, ip.family, from: from, seconds: seconds)
        }
        try client.connect(ip, port)
        return client
    }

    /// Waits until there is a route: for a new IPv6 address the kernel makes it in a worker of its own.
    func reach(_ address: String, port: UInt16) async throws {
        for _ in 0..<30_000 {
            do {
                return _ = try client(to: address, port: port)
            } catch let failure as ClientSocket.Failure where failure.code == ENETUNREACH {
                try await Task.sleep(for: .milliseconds(10))
            }
        }
    }

    /// Who answers a new connection.
    func ask(_ address: String, port: UInt16 = 80, from source: String? = nil, seconds: Double = 60) throws -> String {
        try client(to: address, port: port, from: source, seconds: seconds).receiveText()
    }
}

private final class EchoHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let name: String

    init(name: String) {
        self.name = name
    }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: name)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { context.write(data, promise: nil) }

    func channelReadComplete(context: ChannelHandlerContext) { context.flush() }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let event = event as? ChannelEvent, event == .inputClosed else { return }
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "."))).whenComplete { _ in
            channel.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

private final class ResetHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if let options = context.channel as? any SocketOptionProvider {
            options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenFailure { _ in }
        }
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

private final class NameHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    private let name: String

    init(name: String) {
        self.name = name
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        let answer = ByteBuffer(string: "\(name) \(envelope.remoteAddress.port ?? 0) \(envelope.data.readableBytes)")
        context.writeAndFlush(
            wrapOutboundOut(AddressedEnvelope(remoteAddress: envelope.remoteAddress, data: answer)), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {}
}
