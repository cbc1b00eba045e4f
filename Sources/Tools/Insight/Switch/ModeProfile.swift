import IPVSDataplane
import NetworkAddress
import ProxyServer

/// What a mode puts on a host.
struct ModeProfile: Sendable {
    let mode: ProxyMode

    static func of(_ mode: ProxyMode) -> ModeProfile { ModeProfile(mode: mode) }

    func objects(_ facts: HostFacts) -> [String] {
        let families = facts.families
        func tables(_ name: String) -> [String] {
            families.map { "table \($0 == .ipv4 ? "ip" : "ip6") \(name) in nf_tables" }
        }
        switch mode {
        case .nftables: return tables("viaduct")
        case .iptables:
            return families.map { family in
                "chains KUBE-* in the legacy tables nat and filter of \(family.rawValue), rules that lead to them "
                    + "first in the built-in chains"
            } + ["/proc/sys/net/ipv4/conf/all/route_localnet becomes 1, for node ports on loopback"]
        case .ipvs:
            return tables("viaduct-ipvs") + [serviceAddresses(facts), "virtual servers, by address and by mark"]
                + settings(facts)
        case .userspace:
            return [
                "local routes to the addresses of Services (ip route show table local proto 199)",
                "a listening socket of the proxy for each address and port of a Service, and for each node port",
            ]
        }
    }

    private func serviceAddresses(_ facts: HostFacts) -> String {
        let device = "the dummy device \(IPVSConfiguration.device) with the addresses of Services"
        let routes = "local routes to the addresses of Services (ip route show table local proto 198)"
        let found = facts.features.first { $0.key.probe == .device(kind: "dummy") }?.value
        switch found {
        case .works, .loadable: return device
        case .missing: return "\(routes): this kernel has no dummy devices"
        case .hidden, nil: return "\(device), or where the kernel has no such devices \(routes)"
        }
    }

    private func settings(_ facts: HostFacts) -> [String] {
        IPVSSysctls.changes(strictARP: false, release: facts.release) { facts.number($0) }.map {
            "\($0.path) becomes \($0.value)"
        }
    }
}
