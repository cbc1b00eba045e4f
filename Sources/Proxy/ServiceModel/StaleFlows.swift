public import NetworkAddress

/// Flows to delete from conntrack after the commit: they may lead to removed endpoints, or to none because there were
/// none. They are UDP and SCTP flows, which never end by themselves, and unanswered TCP connections, whose client would
/// go on asking the same endpoint. Established TCP connections end by themselves.
public struct StaleFlows: Sendable, Hashable {
    /// Families without stale flows are left out: no dump of theirs is needed.
    public var families: [IPFamily: StaleFamilyFlows]

    public init(families: [IPFamily: StaleFamilyFlows] = [:]) { self.families = families }

    public var isEmpty: Bool { families.isEmpty }
}

/// The endpoints that flows to one frontend may lead to, sorted, by the flow's traffic policy.
///
/// UDP flows and unanswered TCP connections may lead to endpoints that serve, including terminating ones. SCTP
/// associations may lead to all that exist: like TCP connections, they survive a moment in which an endpoint is not
/// ready. Two values are equal if their addresses are.
public struct FlowTargets: Sendable, Hashable {
    /// For clients that are pods here or the node itself.
    public var inside: [Endpoint]
    /// For clients elsewhere.
    public var outside: [Endpoint]

    public init(inside: [Endpoint], outside: [Endpoint]) {
        self.inside = inside
        self.outside = outside
    }

    /// The same endpoints for all clients.
    public init(_ endpoints: [Endpoint] = []) { self.init(inside: endpoints, outside: endpoints) }

    public static func == (left: FlowTargets, right: FlowTargets) -> Bool {
        left.inside.hasSameAddresses(as: right.inside) && left.outside.hasSameAddresses(as: right.outside)
    }

    public func hash(into hasher: inout Hasher) {
        for endpoint in inside + outside { hasher.combine(endpoint.address) }
    }

    /// Whether a flow of such a client may lead to an endpoint.
    public func contains(_ endpoint: EndpointAddress, inside isInside: Bool) -> Bool {
        (isInside ? inside : outside).endpoint(at: endpoint) != nil
    }

    /// Whether flows that were right by `old` can be wrong now. Without an endpoint, flows were not translated.
    func canMakeStale(_ old: FlowTargets) -> Bool {
        guard self != old else { return false }
        return Self.canMakeStale(old.inside, inside) || Self.canMakeStale(old.outside, outside)
    }

    private static func canMakeStale(_ old: [Endpoint], _ new: [Endpoint]) -> Bool {
        old.isEmpty ? !new.isEmpty : old.contains { new.endpoint(at: $0.address) == nil }
    }
}

/// Flows through some frontends to one existing endpoint that must not be used.
public struct UnwantedFlows: Sendable, Hashable {
    public var endpoint: FlowEnd
    public var frontends: Set<FrontendKey>
    /// Whether flows that the endpoint has answered stay.
    public var isUnansweredOnly: Bool

    public init(to endpoint: FlowEnd, by frontends: Set<FrontendKey>, isUnansweredOnly: Bool) {
        self.endpoint = endpoint
        self.frontends = frontends
        self.isUnansweredOnly = isUnansweredOnly
    }

    public func contains(_ destination: EndpointAddress, replySource: EndpointAddress) -> Bool {
        replySource == endpoint.address
            && (frontends.contains(FrontendKey(destination.ip, destination.port, endpoint.transport))
                || frontends.contains(.nodePort(destination.port, endpoint.transport, destination.ip.family)))
    }
}

/// The frontends of one family whose conntrack entries must be checked, each with the endpoints that its flows may lead
/// to. An entry to such a frontend with another reply source is stale.
public struct StaleFamilyFlows: Sendable, Hashable {
    /// Without endpoints, the frontend was removed or no endpoint serves.
    public var frontends: [FrontendKey: FlowTargets]
    /// The node's own addresses, as far as known: only entries to one of them belong to a node port. Empty: every
    /// destination counts, as in upstream.
    public var nodeAddresses: Set<IPAddress>
    /// Addresses of pods on this node; nil: unknown, so that every client may be one.
    public var podNetworks: [IPNetwork]?

    public init(
        frontends: [FrontendKey: FlowTargets] = [:], nodeAddresses: Set<IPAddress> = [], podNetworks: [IPNetwork]? = []
    ) {
        self.frontends = frontends
        self.nodeAddresses = nodeAddresses
        self.podNetworks = podNetworks
    }

    public var isEmpty: Bool { frontends.isEmpty }

    /// The protocols of the frontends: other entries need not be checked.
    public var transports: Set<TransportProtocol> { Set(frontends.keys.lazy.map(\.transport)) }

    /// Adds later flows; where both name a frontend, the later endpoints count.
    public mutating func merge(_ later: StaleFamilyFlows) {
        guard !isEmpty else {
            self = later
            return
        }
        frontends.merge(later.frontends) { $1 }
        nodeAddresses = later.nodeAddresses
        podNetworks = later.podNetworks
    }

    /// Whether a conntrack entry must be deleted.
    ///
    /// - Parameters:
    ///   - client: the source of its original direction.
    ///   - destination: that of its original direction, with its port.
    ///   - replySource: the source of its reply direction, with its port: the endpoint, if it was translated.
    public func isStale(
        _ transport: TransportProtocol, client: IPAddress, destination: EndpointAddress, replySource: EndpointAddress
    ) -> Bool {
        guard let targets = targets(transport, destination) else { return false }
        return !targets.contains(replySource, inside: isInside(client))
    }

    /// Whether flows to a frontend may not lead to an endpoint, whoever the client is.
    public func isGone(_ endpoint: EndpointAddress, from frontend: FrontendKey) -> Bool {
        guard let targets = frontends[frontend] else { return false }
        return !targets.contains(endpoint, inside: true) && !targets.contains(endpoint, inside: false)
    }

    /// Whether a connection there is one to a frontend.
    public func hasFrontend(_ transport: TransportProtocol, _ destination: EndpointAddress) -> Bool {
        targets(transport, destination) != nil
    }

    private func targets(_ transport: TransportProtocol, _ destination: EndpointAddress) -> FlowTargets? {
        if let targets = frontends[FrontendKey(destination.ip, destination.port, transport)] { return targets }
        guard let targets = frontends[.nodePort(destination.port, transport, destination.ip.family)],
            nodeAddresses.isEmpty || nodeAddresses.contains(destination.ip)
        else { return nil }
        return targets
    }

    private func isInside(_ client: IPAddress) -> Bool {
        guard let podNetworks else { return true }
        return client.isLoopback || nodeAddresses.contains(client) || podNetworks.contains { $0.contains(client) }
    }
}
