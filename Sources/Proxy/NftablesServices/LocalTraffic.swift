package import NetworkAddress
package import Nftables
package import ServiceModel

extension LocalTrafficDetector {
    /// Matches (or, inverted, excludes) connections that begin in a pod on this node; nil if nothing tells them.
    ///
    /// - Parameter podCIDRs: the node's, for NodeCIDR.
    package func match(
        _ family: IPFamily, podCIDRs: [IPNetwork], inverted: Bool
    ) -> ((inout RuleBuilder) -> Void)? {
        func source(_ networks: [IPNetwork]) -> ((inout RuleBuilder) -> Void)? {
            // As upstream: the first range of the family.
            networks.first { $0.family == family }.map { network in
                { $0.address(.source, in: network, inverted: inverted) }
            }
        }
        switch self {
        case .none: return nil
        case .clusterCIDR(let networks): return source(networks)
        case .nodeCIDR: return source(podCIDRs)
        case .bridgeInterface(let name): return { $0.inputInterface(name, inverted: inverted) }
        case .interfaceNamePrefix(let prefix): return { $0.inputInterface(prefix + "*", inverted: inverted) }
        }
    }
}
