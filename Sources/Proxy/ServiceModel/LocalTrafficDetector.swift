public import NetworkAddress

/// How to tell connections that begin in a pod on this node (`detectLocalMode` of KubeProxyConfiguration).
public enum LocalTrafficDetector: Hashable, Sendable {
    /// Not possible: nothing counts as local and nothing as not local.
    case none
    /// By source address in these ranges (ClusterCIDR). Ranges of the other family are ignored.
    case clusterCIDR([IPNetwork])
    /// By source address in the node's pod ranges (NodeCIDR).
    case nodeCIDR
    /// By the interface that they come in through.
    case bridgeInterface(String)
    case interfaceNamePrefix(String)
}
