package import NetworkAddress
package import Nftables
package import ServiceModel

extension LocalPods {
    /// Matches (or, inverted, excludes) connections that begin in a pod on this node; nil if local pods cannot be
    /// recognised.
    package func condition(inverted: Bool) -> ((inout RuleBuilder) -> Void)? {
        switch match {
        case nil: nil
        case .source(let network): { $0.address(.source, in: network, inverted: inverted) }
        case .inputInterface(let name, let isPrefix):
            { $0.inputInterface(isPrefix ? name + "*" : name, inverted: inverted) }
        }
    }
}

extension NodeFacts {
    /// Rules of a chain that all connections to cluster IPs pass: those to be masqueraded get the mark.
    package func clusterIPMasqueradeRules(_ family: IPFamily, mark: (inout RuleBuilder) -> Void) -> [Rule] {
        switch clusterIPMasquerading {
        case .everybodys: return [RuleBuilder.rule(family, comment: "masqueradeAll", mark)]
        case .allButPodsHere:
            guard let others = localPods.condition(inverted: true) else { return [] }
            return [
                RuleBuilder.rule(family, comment: "masquerade traffic from outside the cluster") {
                    others(&$0)
                    mark(&$0)
                }
            ]
        case .nodes, .nobodys: return []
        }
    }
}
