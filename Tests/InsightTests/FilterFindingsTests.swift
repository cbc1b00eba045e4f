import HostInspection
import Insight
import NetworkAddress
import Nftables
import Testing

@Suite struct FilterFindingsTests {
    private static func legacy(policy: String, rules: Int, endsInDrop: Bool = false) -> [Finding] {
        findings { facts in
            facts.legacyTables[.ipv4] = .seen([
                LegacyTable(
                    name: "filter", family: .ipv4,
                    chains: [
                        LegacyTable.Chain(name: "INPUT", policy: "DROP"),
                        LegacyTable.Chain(name: "FORWARD", policy: policy, ruleCount: rules, endsInDrop: endsInDrop),
                    ])
            ])
        }
    }

    @Test("A FORWARD chain of the legacy tables that drops is an error without rules, else a warning")
    func legacyTables() {
        #expect(Self.legacy(policy: "ACCEPT", rules: 3).isEmpty)
        #expect(Self.legacy(policy: "DROP", rules: 0).map(\.severity) == [.error])
        #expect(Self.legacy(policy: "DROP", rules: 3).map(\.severity) == [.warning])
        #expect(Self.legacy(policy: "DROP", rules: 3).first?.cures == ["iptables-legacy -t filter -P FORWARD ACCEPT"])
        #expect(Self.legacy(policy: "ACCEPT", rules: 1, endsInDrop: true).map(\.severity) == [.error])
        let last = Self.legacy(policy: "ACCEPT", rules: 4, endsInDrop: true)
        #expect(last.map(\.severity) == [.warning])
        #expect(last.first?.cures == ["iptables-legacy -t filter -D FORWARD 4"])
    }

    private static func chain(
        _ family: Ruleset.Family, hook: BaseChain.Hook = .forward, drops: Bool = true, rules: Int = 0,
        isDormant: Bool = false
    ) -> [Finding] {
        findings { facts in
            facts.ruleset = .seen(
                Ruleset(
                    tables: [Ruleset.Table(family: family, name: "other", isDormant: isDormant)],
                    chains: [
                        Ruleset.Chain(
                            family: family, table: "other", name: "c",
                            base: BaseChain(kind: .filter, hook: hook, priority: 0), dropsByDefault: drops,
                            ruleCount: rules)
                    ]))
        }
    }

    @Test("So is a base chain of nf_tables in the forward hook, and no other")
    func nftables() {
        #expect(Self.chain(.inet).map(\.severity) == [.error])
        #expect(Self.chain(.ip6, rules: 2).map(\.severity) == [.warning])
        #expect(Self.chain(.inet).first?.cures == ["nft 'chain inet other c { policy accept; }'"])
        #expect(Self.chain(.inet, drops: false).isEmpty)
        #expect(Self.chain(.inet, hook: .input).isEmpty)
        #expect(Self.chain(.inet, isDormant: true).isEmpty)
    }

    @Test("What cannot be read is listed, and nothing is concluded from it")
    func hidden() {
        var facts = goodHost()
        facts.ruleset = .hidden("needs CAP_NET_ADMIN: run it as root")
        facts.legacyTables[.ipv6] = .hidden("needs CAP_NET_ADMIN and CAP_NET_RAW: run it as root")
        let report = Examination.report(facts, DoctorOptions())
        #expect(report.findings.isEmpty)
        #expect(report.gaps.map(\.what) == ["the legacy tables of IPv6", "the rules in nf_tables"])
    }
}
