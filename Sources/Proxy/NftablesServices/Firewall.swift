package import NetworkAddress
package import Nftables
package import ServiceModel

extension SetName {
    package static let firewallIPs = SetName(rawValue: "firewall-ips")
    package static let sourceRanges = SetName(rawValue: "source-ranges")
}

/// LoadBalancerSourceRanges: which clients may use the load balancer addresses of a Service.
package enum Firewall {
    package static let chain = "firewall-check"

    package static let sets = [
        SetDefinition(
            name: .firewallIPs, key: ServiceFields.key, comment: "destinations with LoadBalancerSourceRanges"),
        SetDefinition(
            name: .sourceRanges, key: ServiceFields.key + [.source], isInterval: true,
            comment: "who may use @firewall-ips"),
    ]

    /// Drops packets from outside the ranges. Must come before any translation.
    package static func check(_ family: IPFamily) -> ChainDefinition {
        ChainDefinition(
            name: chain,
            rules: [
                RuleBuilder.rule(family, comment: "LoadBalancerSourceRanges") {
                    $0.lookup(ServiceFields.frontend, inSet: SetName.firewallIPs.rawValue)
                    $0.lookup(
                        ServiceFields.frontend + [.sourceAddress], inSet: SetName.sourceRanges.rawValue,
                        inverted: true)
                    $0.verdict(.drop)
                }
            ])
    }

    /// Hands over the elements of one service port.
    package static func forEachElement(of service: ServicePort, _ emit: (SetName, Element) -> Void) {
        guard let ranges = service.sourceRanges else { return }
        let disjoint = IPNetwork.withoutContained(ranges.networks)
        let data = ElementData(comment: service.name.description)
        service.forEachFrontend { frontend in
            guard frontend.kind == .loadBalancerIP else { return }
            var key = ElementKey(frontend.key)
            emit(.firewallIPs, Element(key: key, data: data))
            for range in disjoint {
                key.source = range.address.value
                key.sourceEnd = range.lastAddress.value
                emit(.sourceRanges, Element(key: key, data: data))
            }
        }
    }
}

extension IPNetwork {
    /// Removes networks that others contain: the kernel rejects overlapping ranges.
    package static func withoutContained(_ networks: [IPNetwork]) -> [IPNetwork] {
        var result: [IPNetwork] = []
        for network in Set(networks).sorted() where !(result.last?.contains(network) ?? false) {
            result.append(network)
        }
        return result
    }
}
