import Netlink
import NetworkAddress
import PacketFilter
import Testing

@testable import Nftables

@Suite struct LibnftnlReaderTests {
    /// The messages that make a chain with these rules.
    private static func messages(_ rules: [Rule], _ family: IPFamily) throws -> [NetlinkMessage] {
        var plan = Plan()
        plan.addsTable = true
        plan.addedChains = [
            ChainDefinition(
                name: "c", base: BaseChain(kind: .filter, hook: .forward, priority: -10), rules: rules)
        ]
        let transaction = try TransactionEncoder.encode(
            plan, family: family, table: "t", layout: TableLayout(comment: "test", sets: []), firstSequence: 1)
        return Array(NetlinkMessages(transaction.bytes[...]))
    }

    private static func read(_ family: IPFamily, _ build: (inout RuleBuilder) -> Void) throws
        -> RulesetListing.ListedRule
    {
        let rule = RuleBuilder.rule(family, comment: "why", build)
        let found = try messages([rule], family).compactMap { LibnftnlReader.rule($0.whole)?.rule }
        return try #require(found.first)
    }

    @Test(arguments: IPFamily.allCases)
    func rulesAsConditions(family: IPFamily) throws {
        let network = try #require(IPNetwork(family == .ipv4 ? "10.244.0.0/18" : "fd00:10:244::/57"))
        let rule = try Self.read(family) {
            $0.newConnection()
            $0.address(.source, in: network, inverted: true)
            $0.address(.destination, in: IPNetwork(network.address))
            $0.inputInterface("cni*")
            $0.transport(6)
            $0.destinationPort(80)
            $0.mark(masked: 0x4000, is: 0)
            $0.localAddress(.destination)
            $0.verdict(.drop)
        }
        #expect(
            rule.rule.matches == [
                .state(.new, isInverted: false), .address(.source, network, isInverted: true),
                .address(.destination, IPNetwork(network.address), isInverted: false),
                .device(.source, "cni", isPrefix: true, isInverted: false), .transport([6], isInverted: false),
                .port(.destination, [80...80], isInverted: false), .mark(0, mask: 0x4000, isInverted: false),
                .localAddress(.destination, isInverted: false),
            ])
        #expect(rule.rule.verdict == .drop)
        #expect(rule.comment == "why")
    }

    @Test("What is not worked out stands there as such, and makes nothing certain")
    func unknown() throws {
        let rule = try Self.read(.ipv4) {
            $0.lookup([.sourceAddress], inSet: "blocked")
            $0.verdict(.drop)
        }
        #expect(rule.rule.matches == [.other("in @blocked")])
        let packet = Packet(
            source: IPAddress(ipv4: 1), destination: IPAddress(ipv4: 2), transport: 6, destinationPort: 80)
        #expect(rule.rule.applies(to: packet) == nil)
    }

    @Test func verdicts() throws {
        #expect(try Self.read(.ipv4) { $0.verdict(.jump("x")) }.rule.verdict == .jump("x"))
        #expect(try Self.read(.ipv4) { $0.verdict(.goto("x")) }.rule.verdict == .goto("x"))
        #expect(try Self.read(.ipv4) { $0.verdict(.return) }.rule.verdict == .return)
        #expect(try Self.read(.ipv4) { $0.reject() }.rule.verdict == .reject)
        #expect(try Self.read(.ipv4) { $0.masquerade() }.rule.verdict == .masquerade)
        #expect(try Self.read(.ipv4) { $0.setMark(or: 1) }.rule.verdict == .continue)
    }

    @Test func tablesAndChains() throws {
        let messages = try Self.messages([], .ipv6)
        let table = try #require(messages.compactMap { LibnftnlReader.table($0.whole) }.first)
        #expect(table == RulesetListing.Table(family: .ip6, name: "t", isDormant: false))
        let chain = try #require(messages.compactMap { LibnftnlReader.chain($0.whole) }.first)
        #expect(chain.name == "c")
        #expect(chain.base == BaseChain(kind: .filter, hook: .forward, priority: -10))
    }

    @Test("Messages that are cut short are nothing")
    func cutShort() throws {
        for message in try Self.messages([RuleBuilder.rule(.ipv4) { $0.verdict(.drop) }], .ipv4) {
            for length in 0..<message.whole.count {
                let part = message.whole.prefix(length)
                #expect(LibnftnlReader.table(part) == nil)
                #expect(LibnftnlReader.chain(part) == nil)
                #expect(LibnftnlReader.rule(part) == nil)
                #expect(LibnftnlReader.trace(part) == nil)
            }
        }
    }
}
