import Dataplane
import NetworkAddress
import NftablesDataplane
import PacketFilter
import ProxyServer
import Testing

@testable import Insight
@testable import Nftables

@Suite struct TraceTests {
    private static func event(
        _ table: String, _ chain: String, _ kind: TraceEvent.Kind = .rule, handle: UInt64 = 0, _ verdict: String = ""
    ) -> TraceEvent {
        TraceEvent(
            packet: 1, family: .ip, table: table, chain: chain, kind: kind, handle: handle, verdict: verdict)
    }

    private static func chain(
        _ table: String, _ name: String, _ hook: BaseChain.Hook? = nil, _ rules: [UInt64: String] = [:]
    ) -> RulesetListing.Chain {
        var chain = RulesetListing.Chain(family: .ip, table: table, name: name)
        chain.base = hook.map { BaseChain(kind: .filter, hook: $0, priority: 0) }
        chain.rules = rules.map {
            RulesetListing.ListedRule(
                handle: $0.key, comment: nil, signature: $0.value, rule: PacketRule([], .continue, text: $0.value))
        }
        return chain
    }

    private static let listing = RulesetListing(
        tables: [],
        chains: [
            chain("viaduct", "nat-prerouting", .prerouting), chain("viaduct", "services"),
            chain("other", "forward", .forward, [7: "tcp dport 80 drop"]),
            chain("viaduct", "nat-postrouting", .postrouting),
        ])

    @Test("Each step has its hook, also in chains that others jump to; our rules have our words, others' theirs")
    func steps() throws {
        let events = [
            Self.event("viaduct", "nat-prerouting", handle: 3, "jump services"),
            Self.event("viaduct", "services", handle: 4, "goto cluster-ip"), Self.event("viaduct", "services"),
            Self.event("other", "forward", handle: 7, "drop"),
        ]
        let rules = [
            KernelRule(table: "viaduct", chain: "services", handle: 4): "ip daddr @cluster-ips goto cluster-ip"
        ]
        let steps = Explanation.StepPart.steps(events, Self.listing, rules: rules, mode: .nftables)
        #expect(steps.map(\.hook) == ["prerouting", "prerouting", "prerouting", "forward"])
        #expect(steps.map(\.isOurs) == [true, true, true, false])
        #expect(steps.map(\.kind) == ["rule", "rule", "return", "rule"])
        #expect(steps[1].rule == "ip daddr @cluster-ips goto cluster-ip")
        #expect(steps[1].words == "finds out what kind of address the packet is for")
        #expect(steps[3].rule == "tcp dport 80 drop")
        #expect(steps[3].words == nil)
    }

    @Test("A packet that comes later with the same number is another one")
    func laterPackets() {
        let events = [
            Self.event("viaduct", "nat-prerouting", .policy, "accept"),
            Self.event("viaduct", "nat-postrouting", .policy, "accept"),
            Self.event("viaduct", "nat-prerouting", .policy, "accept"),
        ]
        let steps = Explanation.StepPart.steps(events, Self.listing, rules: [:], mode: .nftables)
        #expect(steps.map(\.hook) == ["prerouting", "postrouting"])
    }
}
