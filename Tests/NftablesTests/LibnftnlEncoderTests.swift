import Netlink
import NetworkAddress
import Testing

@testable import Nftables

@Suite struct LibnftnlEncoderTests {
    /// An attribute with what is in it, whatever the order. Elements have numbers with libnftnl that nobody reads.
    private indirect enum Attribute: Hashable {
        case value(UInt16, [UInt8])
        case nested(UInt16, [Attribute: Int])

        static func all(_ bytes: ArraySlice<UInt8>, isList: Bool = false) -> [Attribute: Int] {
            var found: [Attribute: Int] = [:]
            var rest = bytes
            while rest.count >= 4 {
                let length = Int(rest.integer(UInt16.self, at: 0))
                let type = rest.integer(UInt16.self, at: 2)
                guard length >= 4, length <= rest.count else { break }
                let payload = rest.dropFirst(4).prefix(length - 4)
                let number = isList ? 1 : type & 0x3FFF
                let attribute: Attribute =
                    type & 0x8000 == 0
                    ? .value(number, Array(payload))
                    // NFTA_SET_ELEM_LIST_ELEMENTS, the only list whose items libnftnl counts.
                    : .nested(number, all(payload, isList: !isList && number == 3))
                found[attribute, default: 0] += 1
                rest = rest.dropFirst((length + 3) & ~3)
            }
            return found
        }
    }

    private static func plan(_ family: IPFamily) -> Plan {
        let address = IPAddress(family: family, value: family == .ipv4 ? 0x0A01_0203 : 0xFD00 << 112 | 7)
        let key = ElementKey(
            address: address.value, source: address.value, sourceEnd: address.value | 0xFF, slot: 3, port: 80,
            transport: 6)
        var plan = Plan()
        plan.replacesTable = true
        plan.addedSets = SampleTable.layout.sets
        plan.addedChains = [
            ChainDefinition(
                name: "hooked", base: BaseChain(kind: .nat, hook: .output, priority: -100),
                rules: [RuleBuilder.rule(family, comment: "why") { $0.verdict(.jump("chain")) }]),
            ChainDefinition(name: "chain", rules: []),
        ]
        plan.rewrittenChains = [ChainDefinition(name: "old", rules: [RuleBuilder.rule(family) { $0.masquerade() }])]
        let values: [(SetName, ElementValue)] = [
            (SampleTable.addresses, .none), (SampleTable.ranges, .none), (SampleTable.verdicts, .verdict(.drop)),
            (SampleTable.verdicts, .verdict(.goto("chain"))), (SampleTable.counts, .verdict(.jump("chain"))),
            (SampleTable.destinations, .destination(address, 8080)), (SampleTable.marks, .mark(0x56)),
        ]
        for (number, (set, value)) in values.enumerated() {
            let comment = number.isMultiple(of: 2) ? "ns/name:\(number)" : nil
            plan.add(Element(key: key, data: ElementData(value: value, comment: comment)), to: set)
            plan.delete(Element(key: key, data: ElementData(value: value)), from: set)
        }
        plan.add(Element(key: ElementKey(address: address.value)), to: SampleTable.intervals)
        plan.add(
            Element(key: ElementKey(address: address.value + 9, isIntervalEnd: true)), to: SampleTable.intervals)
        plan.deletedChains = ["gone"]
        plan.deletedSets = ["gone-set"]
        return plan
    }

    @Test("libnftnl builds the same transaction, but for the order of attributes", arguments: IPFamily.allCases)
    func sameTransaction(family: IPFamily) throws {
        let ours = try TransactionEncoder.encode(
            Self.plan(family), family: family, table: "t", layout: SampleTable.layout, firstSequence: 9)
        let theirs = try LibnftnlEncoder.encode(
            Self.plan(family), family: family, table: "t", layout: SampleTable.layout, firstSequence: 9)
        #expect(ours.messageCount == theirs.messageCount)
        let messages = zip(NetlinkMessages(ours.bytes[...]), NetlinkMessages(theirs.bytes[...]))
        var count = 0
        for (mine, other) in messages {
            count += 1
            #expect(mine.type == other.type && mine.flags == other.flags && mine.sequence == other.sequence)
            #expect(mine.payload.prefix(4).elementsEqual(other.payload.prefix(4)))
            let (left, right) = (Attribute.all(mine.payload.dropFirst(4)), Attribute.all(other.payload.dropFirst(4)))
            #expect(left == right, "message \(count) of type \(mine.type & 0xFF)")
        }
        #expect(count == ours.messageCount)
    }

    @Test("Many elements are spread over messages that netlink can hold")
    func manyElements() throws {
        var plan = Plan()
        for number in 0..<20_000 {
            plan.add(Element(key: ElementKey(address: UInt128(number))), to: SampleTable.addresses)
        }
        let transaction = try LibnftnlEncoder.encode(
            plan, family: .ipv4, table: "t", layout: SampleTable.layout, firstSequence: 1)
        let messages = Array(NetlinkMessages(transaction.bytes[...]))
        #expect(messages.count == transaction.messageCount && messages.count > 3)
        #expect(messages.allSatisfy { $0.whole.count < 1 << 16 })
    }
}
