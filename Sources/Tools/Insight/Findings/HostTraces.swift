import Dataplane
import HostInspection
import IPVSDataplane
import NetworkAddress
import Nftables
import ProxyConfiguration
import ProxyServer

/// Which programs and proxy modes have left something in the kernel.
struct HostTraces: Sendable {
    /// nf_tables tables by `family name`.
    private let tables: Set<String>
    /// Chains of the legacy tables, by family, table and name, and of iptables-nft, by the same.
    private let legacyChains: [(place: String, name: String)]
    private let compatibleChains: [(place: String, name: String)]
    private let facts: HostFacts

    private static let compatibleTables: Set = ["raw", "mangle", "nat", "filter", "security"]

    init(_ facts: HostFacts) {
        self.facts = facts
        let ruleset = facts.ruleset.value ?? Ruleset()
        tables = Set(ruleset.tables.map { "\($0.family.name) \($0.name)" })
        compatibleChains = ruleset.chains.filter {
            ($0.family == .ip || $0.family == .ip6) && Self.compatibleTables.contains($0.table)
        }.map { ("\($0.family.name) \($0.table)", $0.name) }
        legacyChains = IPFamily.allCases.flatMap { family in
            (facts.legacyTables[family]?.value ?? []).flatMap { table in
                table.chains.map { ("\(family == .ipv4 ? "iptables" : "ip6tables") -t \(table.name)", $0.name) }
            }
        }
    }

    func hasTable(_ name: String) -> [String] { tables.filter { $0.hasSuffix(" \(name)") }.sorted() }

    func hasDevice(_ name: String) -> Bool { facts.devices.value?.contains { $0.name == name } ?? false }

    /// Chains of the legacy tables whose name says whose they are.
    func legacy(_ isOurs: (String) -> Bool) -> [Finding.Evidence] { Self.summary(legacyChains, isOurs, "legacy") }

    /// The same of iptables-nft.
    func compatible(_ isOurs: (String) -> Bool) -> [Finding.Evidence] {
        Self.summary(compatibleChains, isOurs, "nf_tables, by iptables-nft")
    }

    private static func summary(
        _ chains: [(place: String, name: String)], _ isOurs: (String) -> Bool, _ kind: String
    ) -> [Finding.Evidence] {
        var found: [String: [String]] = [:]
        for chain in chains where isOurs(chain.name) { found[chain.place, default: []].append(chain.name) }
        return found.sorted { $0.key < $1.key }.map { place, names in
            Finding.Evidence(
                "\(place) (\(kind))",
                names.count == 1 ? "chain \(names[0])" : "\(names.count) chains, such as \(names.min() ?? "")")
        }
    }

    // MARK: Proxy modes

    /// Chains that kube-proxy has and Viaduct does not: one for each endpoint, and the ones that notice a flush.
    static func isKubeProxys(_ chain: String) -> Bool {
        chain == "KUBE-PROXY-CANARY" || chain.hasPrefix("KUBE-SEP-") && chain.utf8.count == 25
    }

    /// Chains that Viaduct's iptables mode has and kube-proxy does not.
    static func isOurs(_ chain: String) -> Bool { chain == "KUBE-SVC-MASQ" || chain.hasPrefix("KUBE-SEP-HAIRPIN") }

    /// Chains that either of them has.
    static func isServiceProxys(_ chain: String) -> Bool {
        isKubeProxys(chain)
            || [
                "KUBE-SERVICES", "KUBE-NODEPORTS", "KUBE-POSTROUTING", "KUBE-FORWARD", "KUBE-EXTERNAL-SERVICES",
                "KUBE-PROXY-FIREWALL", "KUBE-MARK-MASQ",
            ].contains(chain)
            || ["KUBE-SVC-", "KUBE-SVL-", "KUBE-SEP-", "KUBE-FW-", "KUBE-EXT-"].contains { chain.hasPrefix($0) }
    }

    /// What a mode of Viaduct has in the kernel now.
    func ours(_ mode: Backend) -> [Finding.Evidence] {
        // Virtual servers and devices may be another program's: the table tells whose they are.
        let isOurs = mode.traces.contains { if case .table(let name) = $0 { !table(name).isEmpty } else { false } }
        return mode.traces.flatMap { evidence($0, isOurs: isOurs) }
    }

    private func evidence(_ trace: Trace, isOurs: Bool) -> [Finding.Evidence] {
        switch trace {
        case .table(let name): return table(name)
        case .legacyChains: return legacy(Self.isOurs).isEmpty ? [] : legacy(Self.isServiceProxys)
        case .virtualServers:
            let servers = facts.virtualServers.value ?? HostFacts.VirtualServers()
            let count = servers.byAddress + servers.byOurMark
            return isOurs && count > 0 ? [Finding.Evidence("/proc/net/ip_vs", "\(count) virtual servers")] : []
        case .device(let name, let number):
            let device = isOurs && hasDevice(name) ? [Finding.Evidence("ip link show", "device \(name)")] : []
            return routes(number) + device
        case .localRoutes(let number): return routes(number)
        case .sockets: return []
        }
    }

    private func table(_ name: String) -> [Finding.Evidence] {
        hasTable(name).map { Finding.Evidence("nft list table \($0)", "table \($0)") }
    }

    private func routes(_ number: UInt8) -> [Finding.Evidence] {
        guard let count = facts.serviceRoutes.value?[number], count > 0 else { return [] }
        return [Finding.Evidence("ip route show table local proto \(number)", "\(count) local routes")]
    }
}
