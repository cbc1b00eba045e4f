public import NetworkAddress

/// Who may use the load balancer addresses of a Service port (`spec.loadBalancerSourceRanges`).
public struct SourceRanges: Hashable, Sendable {
    /// In the order of the Service. A request of the node to a load balancer address may have that address as its
    /// source, where it is also a local one: if the ranges admit the node, those addresses are among them.
    public var networks: [IPNetwork]
    /// Whether the ranges contain the node's primary address.
    public var admitsNode: Bool
}
