public import NetworkAddress

/// Where a connection begins, as traffic policies see it.
public enum Origin: Hashable, Sendable, CaseIterable {
    /// In a pod on this node.
    case podHere
    /// On this node itself.
    case node
    case elsewhere
}

/// The endpoints of a Service port that a connection may go to.
public enum EndpointList: UInt8, Hashable, Sendable, CaseIterable {
    /// Those for the traffic policy Cluster, topology applied.
    case cluster
    /// Those for the traffic policy Local: on this node.
    case local
}

/// What becomes of a new connection to a frontend. One that no frontend names is not ours.
public enum Outcome: Hashable, Sendable {
    /// It goes to one endpoint of the list, by weight; the list is not empty.
    case balance(EndpointList)
    /// It is refused: there is no endpoint anywhere.
    case reject
    /// It gets no answer: endpoints exist, and the traffic policy keeps it from all of them.
    case drop
}

/// Whose connections get the node's address as their source, so that answers come back through this node.
public enum Masquerading: Hashable, Sendable {
    case nobodys
    case everybodys
    /// Those of the node itself: others are on their way to an endpoint on this node, which answers through it.
    case nodes
    /// Those that do not begin in a pod on this node: their answers might take another way.
    case allButPodsHere

    public func includes(_ origin: Origin) -> Bool {
        switch self {
        case .nobodys: false
        case .everybodys: true
        case .nodes: origin == .node
        case .allButPodsHere: origin != .podHere
        }
    }
}

/// One way to a Service port, with what becomes of connections that take it. Traffic policies are decided here, for
/// every backend; which lists are empty, ``ServicePortState/outcome(of:)`` knows.
public struct Frontend: Hashable, Sendable {
    public enum Kind: UInt8, Hashable, Sendable, CaseIterable {
        case clusterIP, externalIP, loadBalancerIP, nodePort
    }

    public var key: FrontendKey
    public var kind: Kind
    /// The list for connections from elsewhere.
    public var outside: EndpointList
    /// The list for pods on this node and the node itself. A policy for external traffic does not concern them: their
    /// connections are treated as if they had gone out to the load balancer and come back.
    public var inside: EndpointList

    /// nil: as the configuration says for all cluster IPs (``NodeFacts/clusterIPMasquerading``).
    public var masquerading: Masquerading? {
        if kind == .clusterIP { return nil }
        return outside == .local ? .nodes : .everybodys
    }

    /// The list for an origin.
    public func list(for origin: Origin) -> EndpointList { origin == .elsewhere ? outside : inside }

    /// Whether it matters where a connection begins.
    public var dependsOnOrigin: Bool { outside != inside }

    /// The lists that some connection goes to, the one for connections from elsewhere last.
    public var lists: [EndpointList] { dependsOnOrigin ? [inside, outside] : [outside] }
}

/// Who may use the load balancer addresses of a Service port (`spec.loadBalancerSourceRanges`).
public struct SourceRanges: Hashable, Sendable {
    /// In the order of the Service. A request of the node to a load balancer address may have that address as its
    /// source, where it is also a local one: if the ranges admit the node, those addresses are among them.
    public var networks: [IPNetwork]
    /// Whether the ranges contain the node's primary address.
    public var admitsNode: Bool
}

extension FrontendKey {
    /// Hands over everything that leads to a Service port, the cluster IP first. The health check node port is not among
    /// them: the proxy itself answers there.
    static func forEach(
        clusterIP: IPAddress, externalIPs: [IPAddress], loadBalancerVIPs: [IPAddress], port: UInt16, nodePort: UInt16,
        _ transport: TransportProtocol, _ body: (FrontendKey, Frontend.Kind) -> Void
    ) {
        body(FrontendKey(clusterIP, port, transport), .clusterIP)
        for ip in externalIPs { body(FrontendKey(ip, port, transport), .externalIP) }
        for ip in loadBalancerVIPs { body(FrontendKey(ip, port, transport), .loadBalancerIP) }
        if nodePort != 0 { body(.nodePort(nodePort, transport, clusterIP.family), .nodePort) }
    }
}
