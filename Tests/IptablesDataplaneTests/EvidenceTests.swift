import HostInspection
import NetworkAddress
import ServiceModel
import Testing

@testable import IptablesDataplane

@Suite struct EvidenceTests {
    private static func chain(_ rule: Rule) -> String {
        if case .jump(let chain) = rule.target { return "\(chain)" }
        switch rule.target {
        case .accept: return "ACCEPT"
        case .drop: return "DROP"
        case .return: return "RETURN"
        case .reject: return "REJECT"
        case .dnat: return "DNAT"
        case .masquerade: return "MASQUERADE"
        case .setMark: return "MARK"
        case .jump: return ""
        }
    }

    private static func rules(_ family: IPFamily) throws -> [Rule] {
        let network = try #require(IPNetwork(family == .ipv4 ? "10.244.0.0/16" : "fd00:10:244::/56"))
        let address = try #require(IPAddress(family == .ipv4 ? "10.244.1.5" : "fd00:10:244::5"))
        var all = Rule(.dnat(EndpointAddress(address, 8080)))
        all.source = .init(network: network, isInverted: true)
        all.destination = .init(network: IPNetwork(address))
        all.inputInterface = .init(name: "cni", isPrefix: true, isInverted: true)
        all.transport = .tcp
        all.matches = [.comment("default/web:http cluster IP"), .destinationPort(80...80), .random(715_827_883)]
        var udp = Rule(.reject)
        udp.transport = .udp
        udp.matches = [.destinationPort(30000...30063), .localDestination]
        var sctp = Rule(.jump("KUBE-SVC-AAAAAAAAAAAAAAAA"))
        sctp.transport = .sctp
        sctp.inputInterface = .init(name: "eth0", isPrefix: false)
        sctp.matches = [.destinationPort(9...9), .localSource]
        var recent = Rule(.setMark(value: 0x4000, mask: 0x4000))
        recent.matches = [
            .mark(0x4000, isInverted: true), .refreshClient(list: "KUBE-SEP-AAAAAAAAAAAAAAAA", seconds: 10800),
        ]
        var remember = Rule(.masquerade)
        remember.matches = [
            .rememberClient(list: "KUBE-SEP-BBBBBBBBBBBBBBBB"), .mark(0x4000, isInverted: false),
            .connectionState([.related, .established, .dnat], isInverted: true),
        ]
        var state = Rule(.drop)
        state.matches = [.connectionState(.invalid, isInverted: false), .connectionState(.dnat, isInverted: false)]
        return [all, udp, sctp, recent, remember, state, Rule(.return), Rule(.accept)]
    }

    @Test("What libiptc hands out reads as the rule that was meant", arguments: IPFamily.allCases)
    func decoding(family: IPFamily) throws {
        for rule in try Self.rules(family) {
            var encoder = RuleEncoder(family)
            encoder.append(rule)
            let found = LegacyRule(Array(encoder.buffer.bytes), family, target: Self.chain(rule))
            #expect(found.text == rule.iptablesText)
        }
    }

    @Test("A rule that is cut short does no harm", arguments: IPFamily.allCases)
    func cutShort(family: IPFamily) throws {
        for rule in try Self.rules(family) {
            var encoder = RuleEncoder(family)
            encoder.append(rule)
            let bytes = Array(encoder.buffer.bytes)
            for length in 0..<bytes.count { _ = LegacyRule(Array(bytes.prefix(length)), family, target: "DNAT") }
        }
    }

    @Test func recentLists() throws {
        let client = try #require(IPAddress("10.180.0.3"))
        let text = """
            src=10.180.0.2 ttl: 64 last_seen: 4295000000 oldest_pkt: 1 4295000000
            src=10.180.0.3 ttl: 64 last_seen: 4295001250 oldest_pkt: 2 4295000000, 4295001250

            """
        #expect(RecentList.lastSeen(client, text: text) == 4_295_001_250)
        #expect(RecentList.lastSeen(try #require(IPAddress("10.180.0.4")), text: text) == nil)
        #expect(RecentList.lastSeen(client, text: "src=10.180.0.3 ttl: 64 last_seen:") == nil)
    }

    @Test("The rate of the kernel's ticks follows from its uptime")
    func clock() throws {
        // 1,300 s after the boot at 250 ticks a second: 2^32 + 250,000.
        let clock = try #require(
            KernelClock(text: "Timer List Version: v0.9\nnow at 1300000000000 nsecs\n\ncpu: 0\njiffies: 4295217296\n"))
        #expect(clock.rate == 250)
        #expect(clock.seconds(since: 4_295_216_046) == 5)
        #expect(KernelClock(text: "now at 1300000000000 nsecs\n") == nil)
    }
}
