import NIOCore
import NIOPosix
import NetworkAddress
import ServiceModel
import Synchronization

/// The UDP clients of all sockets of one family, each with its own socket to its endpoint: the socket on which an
/// answer arrives identifies the client.
final class UDPFlows: Sendable {
    /// Datagrams that wait for a socket to its endpoint; more are dropped, as networks do.
    static let maximumWaiting = 16

    private struct Flow: Sendable {
        /// Tells this flow from an earlier one of the same client.
        var number: UInt64
        var endpoint: EndpointAddress
        var balancer: Balancer
        /// nil while it is being opened.
        var channel: (any Channel)?
        var waiting: [ByteBuffer] = []
        var isAnswered = false
    }

    private struct State: Sendable {
        var table: RecencyTable<FlowKey, Flow>
        var byListener: [ListenerKey: Set<FlowKey>] = [:]
        var nextNumber: UInt64 = 0

        mutating func remove(_ key: FlowKey) -> Flow? {
            byListener[key.listener]?.remove(key)
            if byListener[key.listener]?.isEmpty == true { byListener[key.listener] = nil }
            return table.remove(key)
        }

        /// For an entry that the table has given up already.
        mutating func unlist(_ key: FlowKey) { _ = remove(key) }
    }

    private let hub: RelayHub
    private let idleTimeout: Duration
    private let state: Mutex<State>

    init(hub: RelayHub, limit: Int, idleTimeout: Duration) {
        self.hub = hub
        self.idleTimeout = idleTimeout
        state = Mutex(State(table: RecencyTable(limit: limit)))
    }

    var count: Int { state.withLock { $0.table.count } }

    /// Clients by the way that their datagrams go.
    var live: [FlowPath: FlowCounts] {
        state.withLock { state in
            var live: [FlowPath: FlowCounts] = [:]
            state.table.forEach { key, flow in
                live[Self.path(key, flow.endpoint), default: FlowCounts()].live += 1
                if !flow.isAnswered { live[Self.path(key, flow.endpoint), default: FlowCounts()].unanswered += 1 }
            }
            return live
        }
    }

    private static func path(_ key: FlowKey, _ endpoint: EndpointAddress) -> FlowPath {
        FlowPath(
            transport: .udp, destination: EndpointAddress(key.listener.address, key.listener.port), endpoint: endpoint)
    }

    // MARK: Datagrams

    /// A client's datagram. Called on the event loop of `listener`, on which the flow's own socket is, too.
    func receive(
        _ data: ByteBuffer, from sender: SocketAddress, on listener: any Channel, _ target: ListenerTarget
    ) {
        guard let client = EndpointAddress(sender) else { return }
        let assignment = target.current
        let key = FlowKey(listener: assignment.listener.key, client: client)
        let now = hub.now
        let known = state.withLock { state -> (found: Bool, channel: (any Channel)?) in
            guard let flow = state.table.use(key, at: now) else { return (false, nil) }
            if flow.channel == nil, flow.waiting.count < Self.maximumWaiting {
                state.table.update(key) { $0.waiting.append(data) }
            }
            return (true, flow.channel)
        }
        if let channel = known.channel {
            if channel.isWritable { channel.writeAndFlush(data, promise: nil) }
        } else if !known.found {
            open(key, data, from: sender, on: listener, assignment)
        }
    }

    private func open(
        _ key: FlowKey, _ data: ByteBuffer, from sender: SocketAddress, on listener: any Channel,
        _ assignment: ListenerTarget.Assignment
    ) {
        let local = key.listener.address
        guard let endpoint = hub.choose(for: key.client.ip, at: local, assignment),
            let destination = try? SocketAddress(endpoint)
        else { return }
        let now = hub.now
        let (number, evicted) = state.withLock { state -> (UInt64, Flow?) in
            state.nextNumber += 1
            let flow = Flow(
                number: state.nextNumber, endpoint: endpoint, balancer: assignment.balancer, waiting: [data])
            let evicted = state.table.set(key, flow, at: now)
            if let evicted { state.unlist(evicted.key) }
            state.byListener[key.listener, default: []].insert(key)
            return (flow.number, evicted?.value)
        }
        evicted?.channel?.close(promise: nil)
        DatagramBootstrap(group: listener.eventLoop)
            .channelOption(.recvAllocator, value: UDPListenerHandler.allocator)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        UDPAnswerHandler(self, key, number, listener: listener, client: sender))
                }
            }
            .connect(to: destination)
            .whenComplete { result in
                switch result {
                case .success(let channel): self.opened(key, number, channel)
                case .failure(let error): self.failed(key, number, error)
                }
            }
    }

    private func opened(_ key: FlowKey, _ number: UInt64, _ channel: any Channel) {
        let found = state.withLock { state -> (waiting: [ByteBuffer], endpoint: EndpointAddress)? in
            guard let flow = state.table.value(of: key), flow.number == number else { return nil }
            state.table.update(key) {
                $0.channel = channel
                $0.waiting = []
            }
            return (flow.waiting, flow.endpoint)
        }
        guard let found else {
            channel.close(promise: nil)
            return
        }
        hub.tally.began(Self.path(key, found.endpoint))
        for data in found.waiting { channel.write(data, promise: nil) }
        channel.flush()
    }

    private func failed(_ key: FlowKey, _ number: UInt64, _ error: any Error) {
        remove(key, number)
        hub.warn("no socket for UDP to an endpoint: \(RelayHub.sentence(error))")
    }

    /// An endpoint answered.
    func answered(_ key: FlowKey) {
        let now = hub.now
        state.withLock { state in
            guard let flow = state.table.use(key, at: now), !flow.isAnswered else { return }
            state.table.update(key) { $0.isAnswered = true }
        }
    }

    /// An endpoint's host reports that nothing listens there: the client's next datagram may go to another endpoint.
    func refused(_ key: FlowKey, _ number: UInt64) {
        guard let flow = remove(key, number) else { return }
        flow.balancer.choice.withLock { $0.forget(key.client.ip, at: flow.endpoint) }
    }

    @discardableResult
    private func remove(_ key: FlowKey, _ number: UInt64) -> Flow? {
        let flow = state.withLock { state -> Flow? in
            guard state.table.value(of: key)?.number == number else { return nil }
            return state.remove(key)
        }
        flow?.channel?.close(promise: nil)
        return flow
    }

    // MARK: Forgetting

    func forgetIdle() {
        let limit = hub.now - idleTimeout
        let idle = state.withLock { state in
            let idle = state.table.removeIdle(since: limit)
            for entry in idle { state.unlist(entry.key) }
            return idle
        }
        for entry in idle { entry.value.channel?.close(promise: nil) }
    }

    /// Forgets the flows of a socket whose client may not go on with its endpoint.
    func forget(_ listener: ListenerKey, where isStale: (IPAddress, EndpointAddress) -> Bool = { _, _ in true }) {
        let stale = state.withLock { state in
            (state.byListener[listener] ?? []).filter { key in
                state.table.value(of: key).map { isStale(key.client.ip, $0.endpoint) } ?? true
            }.compactMap { state.remove($0) }
        }
        for flow in stale { flow.channel?.close(promise: nil) }
    }
}
