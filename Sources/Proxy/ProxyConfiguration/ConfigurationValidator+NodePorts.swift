import Dataplane
import NetworkAddress
import ServiceModel

/// `nodePortAddresses`: ranges of addresses, and since v1.37 the words `primary`, `localhost` and `all`, in any mixture
/// (KEP-6032).
extension ConfigurationValidator {
    /// What `localhost` stands for.
    private static let loopback = ["127.0.0.0/8", "::1/128"].compactMap { IPNetwork($0) }

    /// Nothing configured means the primary addresses in nftables mode and all addresses in the other modes.
    mutating func nodePortAddresses(_ settings: inout ProxySettings) {
        let entries = configuration.nodePortAddresses
        let words = Set(entries).intersection(["primary", "localhost", "all"])
        let networks = networks(entries.enumerated().filter { !words.contains($0.element) })
        if entries.isEmpty {
            settings.nodePortAddresses = settings.mode.capabilities.contains(.primaryNodePorts) ? .primary : .all
        } else if words.contains("all") {
            settings.nodePortAddresses = .all
        } else if words == ["primary"], networks.isEmpty {
            settings.nodePortAddresses = .primary
        } else if words.isEmpty {
            settings.nodePortAddresses = .networks(networks)
            noteMissingFamily(networks)
        } else {
            settings.nodePortAddresses = .chosen(
                networks + (words.contains("localhost") ? Self.loopback : []), primary: words.contains("primary"))
        }
        localhost(&settings, isNamed: words.contains("localhost"))
    }

    private mutating func networks(_ entries: [(offset: Int, element: String)]) -> [IPNetwork] {
        entries.compactMap { index, entry in
            if let network = IPNetwork(entry) { return network }
            problems.add(
                "nodePortAddresses[\(index)]",
                "\"\(entry)\" must be a CIDR such as 192.168.0.0/24, or primary, localhost or all")
            return nil
        }
    }

    private mutating func noteMissingFamily(_ networks: [IPNetwork]) {
        let families = Set(networks.map(\.family))
        guard families.count == 1, let family = families.first else { return }
        let other: IPFamily = family == .ipv4 ? .ipv6 : .ipv4
        notices.append(
            "nodePortAddresses has only \(family.rawValue) CIDRs: "
                + "node ports are served on all local \(other.rawValue) addresses")
    }

    /// Who serves node ports on loopback addresses. In userspace mode they are addresses like others, in iptables mode
    /// the kernel can do it for IPv4; elsewhere a relay does, where it is asked for.
    private mutating func localhost(_ settings: inout ProxySettings, isNamed: Bool) {
        guard !settings.mode.capabilities.contains(.loopback) else { return }
        let gate = gates.values[FeatureGates.localhostNodePorts]
        if isNamed, gate == false {
            notices.append(
                "nodePortAddresses: localhost has no effect, since featureGates.\(FeatureGates.localhostNodePorts) "
                    + "is false")
            return
        }
        let isOn =
            isNamed
            || settings.mode.capabilities.contains(.primaryNodePorts) && gates.isOn(FeatureGates.localhostNodePorts)
        guard isOn else { return }
        let families = IPFamily.allCases.filter { settings.nodePortAddresses.includesLoopback($0) }
        // The kernel's own way stays where there is one.
        let byKernel: Set<IPFamily> = settings.servesNodePortsOnLoopback ? [.ipv4] : []
        settings.relayedLocalhostFamilies = Set(families).subtracting(byKernel)
    }
}

extension ServiceModelConfiguration.NodePortAddresses {
    /// Whether loopback addresses are among them.
    func includesLoopback(_ family: IPFamily) -> Bool {
        func contains(_ networks: [IPNetwork]) -> Bool {
            guard let loopback = IPNetwork(family == .ipv4 ? "127.0.0.0/8" : "::1/128") else { return false }
            return networks.contains { $0.contains(loopback.address) || loopback.contains($0) }
        }
        switch self {
        case .primary: return false
        case .all: return true
        case .networks(let networks):
            // No range of a family means all addresses.
            let own = networks.filter { $0.family == family }
            return own.isEmpty || contains(own)
        case .chosen(let networks, _): return contains(networks.filter { $0.family == family })
        }
    }
}
