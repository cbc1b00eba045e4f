public import NetworkAddress

/// The clients that may use the load balancer addresses of a Service port (`spec.loadBalancerSourceRanges`).
public struct SourceRanges: Hashable, Sendable {
    /// In the Service's order. A request of the node to a load balancer address may have that address as its source, if
    /// it is also local. So if the ranges admit the node, they include those addresses.
    public var networks: [IPNetwork]
    /// Whether the ranges contain the node's primary address.
    public var admitsNode: Bool
}
