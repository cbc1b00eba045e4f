public import NetworkAddress

/// The bridge on which pods with a network namespace of their own are.
public struct NamespaceNetwork: Hashable, Sendable {
    /// The bridge's name, at most 15 bytes. One of this name is removed at the start.
    public var bridge = "viaduct-pods"
    /// The bridge's addresses, one of a family: the pods' way to everything else, each other included, so that all
    /// traffic meets the host's rules.
    public var gateways: [IPAddress]

    /// Gateways are the first addresses of the pods' networks.
    public init(_ configuration: SimulatedNodesConfiguration) {
        gateways = configuration.podNetworks.compactMap { $0.host(1) }
    }
}
