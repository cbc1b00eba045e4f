public import NetworkAddress

/// What backends need to know of the node and the cluster in one IP family.
public struct NodeFacts: Sendable, Hashable {
    /// Ranges of cluster IPs, from ServiceCIDR objects; empty if unknown.
    public var serviceCIDRs: [IPNetwork]
    /// Addresses that accept node ports; nil: every local address, with or without loopback as the
    /// backend has it.
    public var nodePortAddresses: [IPAddress]?
    /// What tells pods on this node.
    public var localPods: LocalPods
    /// Whose connections to cluster IPs are masqueraded.
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

    /// What shapes rules: without what stands in sets.
    public var shape: NodeFacts {
        NodeFacts(
            nodePortAddresses: nodePortAddresses.map { _ in [] }, localPods: localPods,
            clusterIPMasquerading: clusterIPMasquerading)
    }
}
