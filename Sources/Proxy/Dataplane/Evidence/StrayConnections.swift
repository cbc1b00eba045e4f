public import NetworkAddress
public import ServiceModel

/// What a backend makes of connections to a Service's address on a port that is no Service's.
public enum StrayConnections: Hashable, Sendable {
    /// Nothing: they go on as if there were no proxy.
    case pass
    /// Other ports of cluster IPs are refused, and what is addressed to a range of cluster IPs that nobody has is
    /// dropped.
    case guardClusterIPs
    /// The addresses of Services are addresses of this host: what no socket and no virtual server takes is refused.
    case refuse

    /// What becomes of a connection to an address where no frontend has it; nil: it is none of ours.
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
