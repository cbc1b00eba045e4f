public import NetworkAddress

/// UDP flows that may lead to endpoints that are gone, or to none since there were none: what conntrack has to forget
/// after the commit. Only UDP: a connection of another protocol ends by itself.
public struct StaleFlows: Sendable, Hashable {
    /// Families without stale flows are left out: no dump of theirs is needed.
    public var families: [IPFamily: StaleFamilyFlows]

    public init(families: [IPFamily: StaleFamilyFlows] = [:]) { self.families = families }

    public var isEmpty: Bool { families.isEmpty }
}

/// The frontends of one family whose UDP conntrack entries have to be looked at, each with the endpoints that its flows
/// may lead to. An entry to such a frontend with another reply source is stale.
public struct StaleFamilyFlows: Sendable, Hashable {
    /// Cluster, external and load balancer addresses with their ports. No endpoints: the frontend is gone.
    public var frontends: [EndpointAddress: Set<EndpointAddress>]
    /// Node ports.
    public var nodePorts: [UInt16: Set<EndpointAddress>]
    /// The node's own addresses, as far as known: a node port is meant only by entries to one of them. Empty: every
    /// destination counts, as upstream has it.
    public var nodeAddresses: Set<IPAddress>

    public init(
        frontends: [EndpointAddress: Set<EndpointAddress>] = [:], nodePorts: [UInt16: Set<EndpointAddress>] = [:],
        nodeAddresses: Set<IPAddress> = []
    ) {
        self.frontends = frontends
        self.nodePorts = nodePorts
        self.nodeAddresses = nodeAddresses
    }

    public var isEmpty: Bool { frontends.isEmpty && nodePorts.isEmpty }

    /// Whether a UDP conntrack entry has to go: `destination` is that of its original direction, `replySource` the
    /// source of its reply direction, both with their ports.
    public func isStale(destination: EndpointAddress, replySource: EndpointAddress) -> Bool {
        if let endpoints = frontends[destination] { return !endpoints.contains(replySource) }
        guard let endpoints = nodePorts[destination.port] else { return false }
        guard nodeAddresses.isEmpty || nodeAddresses.contains(destination.ip) else { return false }
        return !endpoints.contains(replySource)
    }
}
