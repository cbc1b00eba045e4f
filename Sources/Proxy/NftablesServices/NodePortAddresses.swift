package import NetworkAddress
package import Nftables

extension SetName {
    package static let nodePortIPs = SetName(rawValue: "nodeport-ips")
}

/// Which destinations accept node ports.
package enum NodePortAddresses {
    package static let set = SetDefinition(
        name: .nodePortIPs, key: [.address], comment: "IPs that accept NodePort traffic")

    /// Matches them among the addresses of this host.
    ///
    /// - Parameter isListed: whether they are listed in the set; otherwise, all but loopback.
    package static func match(_ builder: inout RuleBuilder, _ family: IPFamily, isListed: Bool) {
        if isListed {
            builder.lookup([.destinationAddress], inSet: SetName.nodePortIPs.rawValue)
        } else if let loopback = IPNetwork(family == .ipv4 ? "127.0.0.0/8" : "::1/128") {
            builder.address(.destination, in: loopback, inverted: true)
        }
    }

    /// The elements of the set.
    package static func elements(_ addresses: [IPAddress]?) -> [ElementKey: ElementData] {
        var elements: [ElementKey: ElementData] = [:]
        for address in addresses ?? [] { elements[ElementKey(address: address.value)] = ElementData() }
        return elements
    }
}
