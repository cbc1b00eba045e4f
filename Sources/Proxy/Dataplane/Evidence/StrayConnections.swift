public import NetworkAddress
public import ServiceModel

/// How a backend treats connections to a Service's address on a port that no Service has.
public enum StrayConnections: Hashable, Sendable {
    /// They pass as if there were no proxy.
    case pass
    /// Other ports of cluster IPs are refused; packets to unallocated addresses in a range of cluster IPs are dropped.
    case guardClusterIPs
    /// Service addresses are local to this host: connections that no socket and no virtual server accepts are refused.
    case refuse

    /// The outcome of a connection that belongs to no frontend; nil if its address is not a Service's.
    public func outcome(
        to address: IPAddress, _ states: ServicePortStates, _ node: NodeFacts, localAddresses: [IPAddress]
    ) -> Outcome? {
        switch self {
        case .pass: return nil
        case .guardClusterIPs:
            if states.values.contains(where: { $0.service.clusterIP == address }) { return .reject }
            return node.serviceCIDRs.contains { $0.contains(address) } ? .drop : nil
        case .refuse:
            guard !localAddresses.contains(address) else { return nil }
            return states.values.contains { $0.service.addresses.contains(address) } ? .reject : nil
        }
    }
}
