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
