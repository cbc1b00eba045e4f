import HostInspection
import NetworkAddress
import ProxyServer

/// Whether packets get through this host: forwarding by device and for IPv6, reverse path filters, bridges.
enum ForwardingFindings {
    private static let conf4 = "/proc/sys/net/ipv4/conf/"
    static let forwarding6 = "/proc/sys/net/ipv6/conf/all/forwarding"
    static let bridgeFilters: [(IPFamily, String)] = [
        (.ipv4, "/proc/sys/net/bridge/bridge-nf-call-iptables"),
        (.ipv6, "/proc/sys/net/bridge/bridge-nf-call-ip6tables"),
    ]

    static func forwarding(_ device: String) -> String { "\(conf4)\(device)/forwarding" }
    static func reversePath(_ device: String) -> String { "\(conf4)\(device)/rp_filter" }

    static func all(_ facts: HostFacts) -> [Finding] {
        perDevice(facts) + ipv6(facts) + reversePaths(facts) + bridges(facts)
    }

    private static func devices(_ facts: HostFacts) -> [NetworkDevice] {
        (facts.devices.value ?? []).filter { !$0.isLoopback && $0.isUp && $0.kind != "dummy" }
    }

    /// A device may not forward although the host does.
    private static func perDevice(_ facts: HostFacts) -> [Finding] {
        guard (facts.number("/proc/sys/net/ipv4/ip_forward") ?? 0) > 0 else { return [] }
        // Ports of a bridge hand packets to the bridge, and its setting counts.
        return devices(facts).filter { $0.master == 0 && facts.number(forwarding($0.name)) == 0 }.map { device in
            Finding(
                "device-forwarding", .warning,
                "IPv4 packets that come in by \(device.name) are not forwarded: whoever is behind it reaches no "
                    + "endpoint in pods or on other hosts", modes: .netfilter,
                evidence: [facts.evidence(forwarding(device.name))], cures: [facts.setting(forwarding(device.name), 1)])
        }
    }

    private static func ipv6(_ facts: HostFacts) -> [Finding] {
        guard facts.hasIPv6, facts.number(forwarding6) == 0 else { return [] }
        let hasRoute = facts.defaultRoutes.value?.contains { $0.family == .ipv6 } ?? false
        return [
            Finding(
                "ipv6-forwarding", hasRoute ? .warning : .note,
                "IPv6 packets are not forwarded: IPv6 endpoints in pods and on other hosts are not reached from "
                    + "outside",
                modes: .netfilter, evidence: [facts.evidence(forwarding6)], cures: [facts.setting(forwarding6, 1)])
        ]
    }

    /// The larger one of a device's own value and the one of all counts; 1 is strict.
    private static func reversePaths(_ facts: HostFacts) -> [Finding] {
        let every = facts.number(reversePath("all")) ?? 0
        let strict = devices(facts).filter { max(every, facts.number(reversePath($0.name)) ?? 0) == 1 }
        guard !strict.isEmpty else { return [] }
        let names = strict.map(\.name)
        return [
            Finding(
                "rp-filter", .warning,
                "packets that come in by another device than answers would go out by are dropped (strict rp_filter, on "
                    + "\(shortened(names))): node ports and load balancer addresses then do not answer on all ways",
                evidence: [facts.evidence(reversePath("all"))]
                    + strict.prefix(4).map { facts.evidence(reversePath($0.name)) },
                cures: [facts.setting(reversePath("all"), 2)])
        ]
    }

    /// Answers between two ports of one bridge go past the translation unless bridges ask the filters.
    private static func bridges(_ facts: HostFacts) -> [Finding] {
        let devices = facts.devices.value ?? []
        let masters = Set(devices.filter { $0.isUp }.map(\.master))
        let bridges = devices.filter { $0.kind == "bridge" && masters.contains($0.index) }.map(\.name)
        guard !bridges.isEmpty else { return [] }
        return bridgeFilters.filter { facts.families.contains($0.0) }.flatMap { family, path -> [Finding] in
            let isLoaded = facts.settings[path]?.value != nil
            guard facts.settings[path] == .absent || facts.number(path) == 0 else { return [] }
            // A kernel without the module has no cure, and pods' neighbours may be routed all the same.
            let module = facts.modules.state("br_netfilter")
            guard isLoaded || module == .installed || module == .unknown else { return [missing(bridges, facts, path)] }
            return [
                Finding(
                    "bridge-nf-\(family.rawValue)", .warning,
                    "\(shortened(bridges)): packets between ports of one bridge pass no rules, so that a pod does not "
                        + "get the answers of a Service whose endpoint is its neighbour (\(family.rawValue))",
                    modes: .netfilter, evidence: [facts.evidence(path)],
                    cures: [(isLoaded ? "" : "modprobe br_netfilter && ") + facts.setting(path, 1)])
            ]
        }
    }

    private static func missing(_ bridges: [String], _ facts: HostFacts, _ path: String) -> Finding {
        Finding(
            "bridge-nf-missing", .note,
            "\(shortened(bridges)): this kernel does not show packets between ports of one bridge to rules (no "
                + "br_netfilter); a pod gets the answers of a neighbour only where they are routed", modes: .netfilter,
            evidence: [facts.evidence(path)], cures: ["use a kernel with CONFIG_BRIDGE_NETFILTER, or route pods singly"]
        )
    }

    static func shortened(_ names: [String]) -> String {
        let shown = names.prefix(4).joined(separator: ", ")
        return names.count > 4 ? "\(shown) and \(names.count - 4) more" : shown
    }
}
