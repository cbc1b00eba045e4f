import NetworkAddress
import ServiceModel

/// Counts connections by Service port and endpoint. Pure: it gets the time, and the Service port of each connection, as
/// arguments.
///
/// Endpoints beyond the limit are counted together, so that a Service's sum is right whatever the limit.
struct TrafficTally: Sendable {
    struct PortKey: Hashable, Sendable {
        var name: ServicePortName
        var family: IPFamily
    }

    struct Count: Hashable, Sendable {
        /// Since counting began.
        var connections = 0
        var perSecond = 0.0
        var flows = FlowCounts()
        /// Bytes of connections that have ended.
        var ended = FlowCounts()
        /// As of the last listing of connections, so that no byte counts twice.
        var endedAtListing = FlowCounts()
        private var window = Window()

        var bytesSent: UInt64 { flows.bytesSent &+ endedAtListing.bytesSent }
        var bytesReceived: UInt64 { flows.bytesReceived &+ endedAtListing.bytesReceived }

        /// Connections of the last seconds, in two pieces.
        private struct Window: Hashable, Sendable {
            static let length = Duration.seconds(5)
            var start = Duration.zero
            var current = 0
            var before = 0
            var hasBefore = false
        }

        mutating func begin(at now: Duration) { window.start = now }

        mutating func add(_ count: Int, at now: Duration) {
            roll(now)
            connections += count
            window.current += count
            update(now)
        }

        mutating func roll(_ now: Duration) {
            let passed = now - window.start
            guard passed >= Window.length else { return }
            let isNext = passed < Window.length * 2
            window.before = isNext ? window.current : 0
            window.hasBefore = true
            window.current = 0
            window.start = isNext ? window.start + Window.length : now
        }

        mutating func update(_ now: Duration) {
            roll(now)
            let time = (now - window.start) + (window.hasBefore ? Window.length : .zero)
            perSecond = Double(window.before + window.current) / max(1, time / .seconds(1))
        }
    }

    struct Port: Hashable, Sendable {
        var all = Count()
        var endpoints: [EndpointAddress: Count] = [:]
        /// Those beyond the limit.
        var others: Count?
    }

    /// Endpoints with a count of their own.
    let limit: Int
    private(set) var ports: [PortKey: Port] = [:]
    private(set) var endpointCount = 0
    /// Whether something was not counted.
    private(set) var hasLost = false
    let start: Duration

    init(limit: Int, startingAt now: Duration) {
        self.limit = limit
        start = now
    }

    /// - Parameter port: which port a way means; nil: none of ours.
    mutating func add(_ batch: FlowBatch, at now: Duration, port: (FlowPath) -> PortKey?) {
        hasLost = hasLost || batch.hasLost
        for (path, count) in batch.new {
            guard let key = port(path) else { continue }
            change(key, path.endpoint) { $0.add(count, at: now) }
        }
        for (path, counts) in batch.ended {
            guard let key = port(path) else { continue }
            change(key, path.endpoint) { $0.ended.add(counts) }
        }
    }

    /// Takes what connections there are in one family.
    mutating func set(_ flows: [FlowPath: FlowCounts], _ family: IPFamily, port: (FlowPath) -> PortKey?) {
        for key in ports.keys where key.family == family {
            ports[key]?.forEach { count in
                count.flows = FlowCounts()
                count.endedAtListing = count.ended
            }
        }
        for (path, counts) in flows {
            guard let key = port(path) else { continue }
            change(key, path.endpoint) { $0.flows.add(counts) }
        }
    }

    /// Brings the rates up to date, and forgets ports that are no more.
    mutating func update(at now: Duration, isKnown: (PortKey) -> Bool) {
        for key in Array(ports.keys) {
            guard isKnown(key) else {
                endpointCount -= ports.removeValue(forKey: key)?.endpoints.count ?? 0
                continue
            }
            ports[key]?.forEach { $0.update(now) }
        }
    }

    /// Forgets endpoints that their Service has no more and that nothing leads to.
    mutating func keep(_ known: Set<EndpointAddress>, of key: PortKey) {
        guard let port = ports[key] else { return }
        for (address, count) in port.endpoints where !known.contains(address) && count.flows.live == 0 {
            ports[key]?.endpoints[address] = nil
            endpointCount -= 1
        }
    }

    private mutating func change(_ key: PortKey, _ endpoint: EndpointAddress, _ body: (inout Count) -> Void) {
        var fresh = Count()
        fresh.begin(at: start)
        body(&ports[key, default: Port(all: fresh)].all)
        if ports[key]?.endpoints[endpoint] == nil {
            guard endpointCount < limit else {
                body(&ports[key, default: Port()].others[orNew: fresh])
                return
            }
            endpointCount += 1
        }
        body(&ports[key, default: Port()].endpoints[endpoint, default: fresh])
    }
}

extension TrafficTally.Port {
    fileprivate mutating func forEach(_ body: (inout TrafficTally.Count) -> Void) {
        body(&all)
        if others != nil { body(&others[orNew: TrafficTally.Count()]) }
        for address in endpoints.keys { body(&endpoints[address, default: TrafficTally.Count()]) }
    }
}

extension Optional {
    fileprivate subscript(orNew value: @autoclosure () -> Wrapped) -> Wrapped {
        get { self ?? value() }
        set { self = newValue }
    }
}
