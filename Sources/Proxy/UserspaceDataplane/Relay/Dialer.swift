internal import Glibc
import NIOCore
import NIOPosix
import NetworkAddress
import ServiceModel
import Synchronization

/// Finds an endpoint for one client and connects both. Confined to the client's event loop.
final class Dialer {
    private let hub: RelayHub
    private let target: ListenerTarget
    private var attempts = DialAttempts()
    /// Where the client connected to.
    private var local: EndpointAddress?

    init(_ hub: RelayHub, _ target: ListenerTarget) {
        self.hub = hub
        self.target = target
    }

    func begin(for client: RelayHandler, _ channel: any Channel) {
        guard let address = EndpointAddress(channel.remoteAddress), let local = EndpointAddress(channel.localAddress)
        else { return client.reset() }
        let assignment = target.current
        self.local = local
        dial(client, channel.eventLoop, address.ip, local.ip, assignment)
    }

    private func dial(
        _ client: RelayHandler, _ eventLoop: any EventLoop, _ address: IPAddress, _ local: IPAddress,
        _ assignment: ListenerTarget.Assignment
    ) {
        guard client.isActive else { return }
        guard let timeout = attempts.timeout else { return client.reset() }
        var endpoint = hub.choose(for: address, at: local, assignment, except: attempts.failed)
        if endpoint == nil, attempts.startOver() {
            endpoint = hub.choose(for: address, at: local, assignment, except: attempts.failed)
        }
        guard let endpoint, let destination = try? SocketAddress(endpoint) else { return client.reset() }
        ClientBootstrap(group: eventLoop)
            .connectTimeout(.nanoseconds(Int64(timeout / .nanoseconds(1))))
            .relayOptions()
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(RelayHandler())
                }
            }
            .connect(to: destination).assumeIsolated()
            .whenComplete { result in
                let connection = AnswerEvent.Connection(
                    client: EndpointAddress(address, 0), destination: EndpointAddress(local, self.local?.port ?? 0))
                switch result {
                case .success(let channel):
                    self.hub.tally.dialled(endpoint, for: connection, isAnswered: true)
                    self.connected(client, channel, endpoint)
                case .failure(let error):
                    // One that refuses has answered.
                    if case .connectTimeout? = error as? ChannelError {
                        self.hub.tally.dialled(endpoint, for: connection, isAnswered: false)
                    }
                    guard self.note(error, of: endpoint) else { return client.reset() }
                    assignment.balancer.choice.withLock { $0.forget(address, at: endpoint) }
                    self.dial(client, eventLoop, address, local, assignment)
                }
            }
    }

    private func connected(_ client: RelayHandler, _ channel: any Channel, _ endpoint: EndpointAddress) {
        guard let server = try? channel.pipeline.syncOperations.handler(type: RelayHandler.self) else {
            channel.close(promise: nil)
            return client.reset()
        }
        // The client may have gone meanwhile.
        guard client.isActive else { return server.reset() }
        if let local {
            let path = FlowPath(transport: .tcp, destination: local, endpoint: endpoint)
            hub.tally.began(path)
            client.count(hub.tally, path, isClient: true)
            server.count(hub.tally, path, isClient: false)
        }
        RelayHandler.connect(client, server)
    }

    /// False if another endpoint would fare no better.
    private func note(_ error: any Error, of endpoint: EndpointAddress) -> Bool {
        if case .connectTimeout? = error as? ChannelError {
            attempts.note(endpoint, wasRefused: false)
            return true
        }
        let code = (error as? IOError)?.errnoCode
        if code == EMFILE || code == ENFILE {
            hub.warn("connections are refused: no more files can be opened; raise the limit (LimitNOFILE, ulimit -n)")
            return false
        }
        attempts.note(endpoint, wasRefused: true)
        return true
    }
}

extension ClientBootstrap {
    fileprivate func relayOptions() -> ClientBootstrap {
        channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.autoRead, value: false)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
    }
}
