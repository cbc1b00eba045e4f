import HostInspection
import NetworkAddress
import Nftables
import ProxyConfiguration
import ProxyServer

/// What drops forwarded packets: policies and last rules of FORWARD chains, in the legacy tables and in nf_tables.
enum FilterFindings {
    static func all(_ facts: HostFacts) -> [Finding] { legacy(facts) + nftables(facts) }

    private static func legacy(_ facts: HostFacts) -> [Finding] {
        IPFamily.allCases.flatMap { family -> [Finding] in
            let program = family == .ipv4 ? "iptables-legacy" : "ip6tables-legacy"
            return (facts.legacyTables[family]?.value ?? []).flatMap { table -> [Finding] in
                table.chains.filter { $0.name == "FORWARD" }.compactMap { chain in
                    finding(
                        "forward-legacy-\(family.rawValue)",
                        "the FORWARD chain of the legacy \(family.rawValue) table \(table.name)",
                        policyDrops: chain.policy == "DROP", endsInDrop: chain.endsInDrop, count: chain.ruleCount,
                        source: "\(program) -t \(table.name) -S FORWARD",
                        cures: chain.policy == "DROP"
                            ? ["\(program) -t \(table.name) -P FORWARD ACCEPT"]
                            : ["\(program) -t \(table.name) -D FORWARD \(chain.ruleCount)"])
                }
            }
        }
    }

    private static func nftables(_ facts: HostFacts) -> [Finding] {
        guard let ruleset = facts.ruleset.value else { return [] }
        let dormant = Set(ruleset.tables.filter(\.isDormant).map { "\($0.family.name) \($0.name)" })
        return ruleset.chains.compactMap { chain in
            let table = "\(chain.family.name) \(chain.table)"
            guard chain.base?.hook == .forward, !dormant.contains(table) else { return nil }
            let name = "\(table) \(chain.name)"
            return finding(
                "forward-nftables", "the nf_tables chain \(name) (hook forward)", policyDrops: chain.dropsByDefault,
                endsInDrop: chain.endsInDrop, count: chain.ruleCount, source: "nft -a list chain \(name)",
                cures: chain.dropsByDefault
                    ? ["nft 'chain \(name) { policy accept; }'"]
                    : ["nft -a list chain \(name), then nft delete rule \(name) handle of the last rule"])
        }
    }

    /// Nil for a chain that lets through what no rule decides. One without rules lets nothing through at all.
    private static func finding(
        _ id: String, _ chain: String, policyDrops: Bool, endsInDrop: Bool, count: Int, source: String, cures: [String]
    ) -> Finding? {
        guard policyDrops || endsInDrop else { return nil }
        let passes = count - (endsInDrop ? 1 : 0)
        let how = policyDrops ? "policy drop" : "its last rule drops or rejects everything"
        let evidence = Finding.Evidence(source, "\(how), \(passes) rules before that")
        guard passes > 0 else {
            return Finding(
                id, .error,
                "\(chain) drops all forwarded packets: endpoints in pods and on other hosts are not reached",
                modes: .netfilter, evidence: [evidence], cures: cures)
        }
        return Finding(
            id, .warning,
            "\(chain) drops what its rules do not accept: connections to endpoints in pods and on other hosts need a "
                + "rule there", modes: .netfilter, evidence: [evidence], cures: cures)
    }
}
