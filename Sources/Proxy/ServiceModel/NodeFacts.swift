public import NetworkAddress

/// Facts about the node and the cluster for backends, in one IP family.
public struct NodeFacts: Sendable, Hashable {
    /// Ranges of cluster IPs, from ServiceCIDR objects; empty if unknown.
    public var serviceCIDRs: [IPNetwork]
    /// Addresses that accept node ports; nil: every local address; the backend decides about loopback.
    public var nodePortAddresses: [IPAddress]?
    /// How to recognise pods on this node.
    public var localPods: LocalPods
    /// Which connections to cluster IPs are masqueraded.
    public var clusterIPMasquerading: Masquerading

    public init(
        serviceCIDRs: [IPNetwork] = [], nodePortAddresses: [IPAddress]? = nil, localPods: LocalPods = LocalPods(),
        clusterIPMasquerading: Masquerading = .nobodys
    ) {
        self.serviceCIDRs = serviceCIDRs
        self.nodePortAddresses = nodePortAddresses
        self.localPods = localPods
        self.clusterIPMasquerading = clusterIPMasquerading
    }

    /// The facts that shape rules, without those that only fill sets.
    public var shape: NodeFacts {
        NodeFacts(
            nodePortAddresses: nodePortAddresses.map { _ in [] }, localPods: localPods,
            clusterIPMasquerading: clusterIPMasquerading)
    }
}
