public import EtcdStore
import NIOCore
import NIOPosix
import Synchronization

/// A TCP port on loopback whose connections go on to another port: to cut them, to refuse them, or to have them stand
/// still.
public final class Relay: Sendable {
    private struct State {
        var isRefusing = false
        var isStalled = false
        var open: [ObjectIdentifier: any Channel] = [:]
        /// What waits while it stands still.
        var waiting: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())
    private let target: Int
    private let listener: Mutex<(any Channel)?> = Mutex(nil)

    private init(to target: Int) { self.target = target }

    /// Relays to a port for as long as the body takes.
    public static func with<Result: Sendable>(
        to target: Int, _ body: (Relay) async throws -> Result
    ) async throws -> Result {
        let relay = Relay(to: target)
        try await relay.listen()
        do {
            let result = try await body(relay)
            await relay.close()
            return result
        } catch {
            await relay.close()
            throw error
        }
    }

    public var endpoint: EtcdEndpoint {
        get throws {
            let port = listener.withLock { $0?.localAddress?.port } ?? 0
            return try EtcdEndpoint("http://127.0.0.1:\(port)", isSecure: false)
        }
    }

    /// Ends all connections; new ones are taken.
    public func cut() {
        for channel in state.withLock({ Array($0.open.values) }) { channel.close(promise: nil) }
    }

    /// Ends all connections, and new ones at once.
    public func refuse(_ isRefusing: Bool = true) {
        state.withLock { $0.isRefusing = isRefusing }
        if isRefusing { cut() }
    }

    /// Has bytes wait, of old and of new connections, or go on.
    public func stall(_ isStalled: Bool = true) {
        let waiting = state.withLock { state in
            state.isStalled = isStalled
            guard !isStalled else { return [@Sendable () -> Void]() }
            defer { state.waiting = [] }
            return state.waiting
        }
        for deliver in waiting { deliver() }
    }

    public var connections: Int { state.withLock { $0.open.count / 2 } }

    private func listen() async throws {
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { channel in
                guard !self.state.withLock({ $0.isRefusing }) else { return channel.close() }
                return self.join(channel)
            }
            .bind(host: "127.0.0.1", port: 0).get()
        listener.withLock { $0 = channel }
    }

    private func close() async {
        stall(false)
        refuse()
        try? await listener.withLock { $0 }?.close()
    }

    /// Connects to the target, and has each side's bytes go to the other.
    private func join(_ channel: any Channel) -> EventLoopFuture<Void> {
        ClientBootstrap(group: channel.eventLoop).channelOption(.autoRead, value: false)
            .connect(host: "127.0.0.1", port: target)
            .flatMapThrowing { other in
                for (one, partner) in [(channel, other), (other, channel)] {
                    self.state.withLock { $0.open[ObjectIdentifier(one)] = one }
                    one.closeFuture.whenComplete { _ in
                        _ = self.state.withLock { $0.open.removeValue(forKey: ObjectIdentifier(one)) }
                        partner.close(promise: nil)
                    }
                    try one.pipeline.syncOperations.addHandler(Forward(relay: self, partner: partner))
                }
                for one in [channel, other] {
                    one.setOption(.autoRead, value: true).whenFailure { _ in one.close(promise: nil) }
                }
            }
    }

    fileprivate func deliver(_ bytes: ByteBuffer, to channel: any Channel) {
        let isStalled = state.withLock { state in
            if state.isStalled { state.waiting.append { channel.writeAndFlush(bytes, promise: nil) } }
            return state.isStalled
        }
        if !isStalled { channel.writeAndFlush(bytes, promise: nil) }
    }

    private final class Forward: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let relay: Relay
        private let partner: any Channel

        init(relay: Relay, partner: any Channel) {
            self.relay = relay
            self.partner = partner
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            relay.deliver(unwrapInboundIn(data), to: partner)
        }
    }
}
