public import NetworkAddress

/// How to recognise connections that begin in a pod on this node (`detectLocalMode` of KubeProxyConfiguration).
public enum LocalTrafficDetector: Hashable, Sendable {
    /// Not possible: no connection counts as local, and none as not local.
    case none
    /// By source address in these ranges (ClusterCIDR). Ranges of the other family are ignored.
    case clusterCIDR([IPNetwork])
    /// By source address in the node's pod ranges (NodeCIDR).
    case nodeCIDR
    /// By the input interface.
    case bridgeInterface(String)
    case interfaceNamePrefix(String)

    /// - Parameter podCIDRs: the node's, of the family.
    package func localPods(_ family: IPFamily, podCIDRs: [IPNetwork]) -> LocalPods {
        func source(_ network: IPNetwork?) -> LocalPods.Match? { network.map { .source($0) } }
        // As upstream: the first range of the family.
        switch self {
        case .none: return LocalPods(networks: [])
        case .clusterCIDR(let networks):
            let network = networks.first { $0.family == family }
            return LocalPods(match: source(network), networks: network.map { [$0] } ?? [])
        case .nodeCIDR: return LocalPods(match: source(podCIDRs.first), networks: podCIDRs)
        case .bridgeInterface(let name):
            return LocalPods(
                match: .inputInterface(name, isPrefix: false), networks: podCIDRs.isEmpty ? nil : podCIDRs)
        case .interfaceNamePrefix(let prefix):
            return LocalPods(
                match: .inputInterface(prefix, isPrefix: true), networks: podCIDRs.isEmpty ? nil : podCIDRs)
        }
    }
}
