internal import ServiceModel

/// How much drains.
struct DrainStatus: Sendable, Hashable {
    /// An endpoint that several virtual servers send to counts for each.
    var endpoints = 0
    /// Connections that were alive when the kernel was last asked.
    var connections = 0
}

/// Endpoints that are not wanted any more and get no new connections (weight 0), until their connections end or a
/// deadline passes. Pure: it is told the time.
struct Draining: Sendable {
    /// A point in time, as the distance from any fixed one.
    typealias Instant = Duration

    struct Entry: Hashable, Sendable {
        var deadline: Instant
        var connections: Int
    }

    private(set) var servers: [VirtualServerKey: [EndpointAddress: Entry]] = [:]
    private let timeout: Duration

    init(timeout: Duration) { self.timeout = timeout }

    var status: DrainStatus {
        servers.values.reduce(into: DrainStatus()) { status, endpoints in
            status.endpoints += endpoints.count
            status.connections += endpoints.values.reduce(0) { $0 + $1.connections }
        }
    }

    subscript(_ server: VirtualServerKey, _ endpoint: EndpointAddress) -> Entry? { servers[server]?[endpoint] }

    /// The endpoint begins to drain, or goes on. False if its time is over.
    mutating func keep(
        _ endpoint: EndpointAddress, of server: VirtualServerKey, connections: Int?, now: Instant
    ) -> Bool {
        var entry =
            self[server, endpoint] ?? Entry(deadline: now + timeout, connections: connections ?? 0)
        guard entry.deadline > now else { return false }
        entry.connections = connections ?? entry.connections
        servers[server, default: [:]][endpoint] = entry
        return true
    }

    /// Whether it was draining.
    @discardableResult
    mutating func remove(_ endpoint: EndpointAddress, of server: VirtualServerKey) -> Bool {
        guard servers[server]?.removeValue(forKey: endpoint) != nil else { return false }
        if servers[server]?.isEmpty == true { servers[server] = nil }
        return true
    }

    mutating func remove(_ server: VirtualServerKey) { servers[server] = nil }

    /// Drops what the kernel does not have any more.
    mutating func retain(where isThere: (VirtualServerKey, EndpointAddress) -> Bool) {
        for (server, endpoints) in servers {
            let left = endpoints.filter { isThere(server, $0.key) }
            servers[server] = left.isEmpty ? nil : left
        }
    }
}
