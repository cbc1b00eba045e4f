/// One way to a Service port, with the lists that serve its connections. It evaluates traffic policies for every
/// backend; ``ServicePortState/outcome(of:)`` considers empty lists.
public struct Frontend: Hashable, Sendable {
    public enum Kind: UInt8, Hashable, Sendable, CaseIterable {
        case clusterIP, externalIP, loadBalancerIP, nodePort
    }

    public var key: FrontendKey
    public var kind: Kind
    /// The list for connections from elsewhere.
    public var outside: EndpointList
    /// The list for pods on this node and the node itself. The policy for external traffic does not apply to them:
    /// their connections are treated as if they had gone out to the load balancer and come back.
    public var inside: EndpointList

    /// nil for a cluster IP: ``NodeFacts/clusterIPMasquerading`` applies.
    public var masquerading: Masquerading? {
        if kind == .clusterIP { return nil }
        return outside == .local ? .nodes : .everybodys
    }

    /// The list for an origin.
    public func list(for origin: Origin) -> EndpointList { origin == .elsewhere ? outside : inside }

    /// Whether the list depends on where a connection begins.
    public var dependsOnOrigin: Bool { outside != inside }

    /// The lists in use, the one for connections from elsewhere last.
    public var lists: [EndpointList] { dependsOnOrigin ? [inside, outside] : [outside] }
}
