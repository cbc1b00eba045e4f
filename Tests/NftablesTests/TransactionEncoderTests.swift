import Netlink
import NetworkAddress
import Testing

@testable import Nftables

@Suite struct TransactionEncoderTests {
    private static func element(_ address: UInt32) -> Element {
        Element(key: ElementKey(address: UInt128(address)), data: ElementData())
    }

    @Test("One element goes and one comes, at a known generation") func small() throws {
        var plan = Plan()
        plan.delete(Self.element(0xAC1E_0001), from: SampleTable.addresses)
        plan.add(Self.element(0xAC1E_0002), to: SampleTable.addresses)
        let transaction = try TransactionEncoder.encode(
            plan, family: .ipv4, table: "viaduct", layout: SampleTable.layout, firstSequence: 100, generation: 5)
        let names: [UInt8] =
            // NFTA_SET_ELEM_LIST_TABLE, NFTA_SET_ELEM_LIST_SET
            [12, 0, 1, 0] + Array("viaduct".utf8) + [0]
            + [16, 0, 2, 0] + Array("cluster-ips".utf8) + [0]
        var expected: [UInt8] = [
            // NFNL_MSG_BATCH_BEGIN, NLM_F_REQUEST, sequence 100
            28, 0, 0, 0, 0x10, 0, 1, 0, 100, 0, 0, 0, 0, 0, 0, 0,
            // AF_UNSPEC, NFNL_SUBSYS_NFTABLES
            0, 0, 0, 10,
            // NFNL_BATCH_GENID
            8, 0, 1, 0, 0, 0, 0, 5,
        ]
        expected += [
            // NFT_MSG_DELSETELEM
            68, 0, 0, 0, 14, 10, 1, 0, 101, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0,
        ]
        expected += names
        // NFTA_SET_ELEM_LIST_ELEMENTS, NFTA_LIST_ELEM, NFTA_SET_ELEM_KEY, NFTA_DATA_VALUE
        expected += [20, 0, 3, 0x80, 16, 0, 1, 0x80, 12, 0, 1, 0x80, 8, 0, 1, 0, 172, 30, 0, 1]
        expected += [
            // NFT_MSG_NEWSETELEM, NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL
            68, 0, 0, 0, 12, 10, 1, 6, 102, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0,
        ]
        expected += names
        expected += [20, 0, 3, 0x80, 16, 0, 1, 0x80, 12, 0, 1, 0x80, 8, 0, 1, 0, 172, 30, 0, 2]
        expected += [
            // NFNL_MSG_BATCH_END
            20, 0, 0, 0, 0x11, 0, 1, 0, 103, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10,
        ]
        #expect(transaction.bytes == expected)
        #expect(transaction.messageCount == 4)
    }

    @Test("A table, a set and a base chain") func objects() throws {
        var plan = Plan()
        plan.addsTable = true
        plan.addedSets = [SampleTable.set(SampleTable.ranges)]
        plan.addedChains = [
            ChainDefinition(name: "c", base: BaseChain(kind: .nat, hook: .prerouting, priority: -100), rules: [])
        ]
        let transaction = try TransactionEncoder.encode(
            plan, family: .ipv6, table: "t", layout: SampleTable.layout, firstSequence: 1)
        let messages = Array(NetlinkMessages(transaction.bytes[...]))
        #expect(messages.map(\.sequence) == [1, 2, 3, 4, 5])
        try #require(messages.count == 5)
        #expect(
            Array(messages[1].whole) == [
                // NFT_MSG_NEWTABLE, NLM_F_REQUEST | NLM_F_CREATE; AF_INET6
                68, 0, 0, 0, 0, 10, 1, 4, 2, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 0,
                // NFTA_TABLE_NAME
                6, 0, 1, 0, 0x74, 0, 0, 0,
                // NFTA_TABLE_USERDATA: type 0, length, text with its zero byte, padded
                37, 0, 6, 0, 0, 31,
            ] + Array("service rules of viaduct proxy".utf8) + [0, 0, 0, 0])
        let set = messages[2].attributes(after: 4)
        // NFT_SET_INTERVAL | NFT_SET_CONCAT
        #expect(set[3]?.bigEndian == 0x4 | 0x80)
        // ipv6_addr . inet_proto . inet_service . ipv6_addr
        #expect(set[4]?.bigEndian == 8 << 18 | 12 << 12 | 13 << 6 | 8)
        #expect(set[5]?.bigEndian == 40)
        // NFTA_SET_DESC, NFTA_SET_DESC_CONCAT: lengths without padding
        #expect(set[9]?.nested[2]?.nested.map { $0.nested[1]?.bigEndian } == [16, 1, 2, 16])
        #expect(
            Array(messages[3].whole.dropFirst(16)) == [
                10, 0, 0, 0,
                // NFTA_CHAIN_TABLE, NFTA_CHAIN_NAME
                6, 0, 1, 0, 0x74, 0, 0, 0, 6, 0, 3, 0, 0x63, 0, 0, 0,
                // NFTA_CHAIN_HOOK: NF_INET_PRE_ROUTING, priority -100
                20, 0, 4, 0x80, 8, 0, 1, 0, 0, 0, 0, 0, 8, 0, 2, 0, 0xFF, 0xFF, 0xFF, 0x9C,
                // NFTA_CHAIN_POLICY: NF_ACCEPT
                8, 0, 5, 0, 0, 0, 0, 1,
                // NFTA_CHAIN_TYPE "nat"
                8, 0, 7, 0, 0x6E, 0x61, 0x74, 0,
            ])
    }

    @Test("Many elements are split into messages whose list stays below 64 KB", arguments: IPFamily.allCases)
    func splitting(family: IPFamily) throws {
        var plan = Plan()
        let count = 100_000
        for number in 0..<count {
            let key = ElementKey(address: UInt128(number), slot: 1, port: 80, transport: 6)
            plan.add(
                Element(
                    key: key,
                    data: ElementData(
                        value: .verdict(.goto("chain")), comment: String(repeating: "x", count: number % 128))),
                to: SampleTable.counts)
        }
        let transaction = try TransactionEncoder.encode(
            plan, family: family, table: "t", layout: SampleTable.layout, firstSequence: 1)
        let messages = Array(NetlinkMessages(transaction.bytes[...]))
        #expect(messages.count == transaction.messageCount)
        #expect(messages.reduce(0) { $0 + $1.whole.count } == transaction.bytes.count)
        let reader = ElementReader(family: family)
        let set = SampleTable.set(SampleTable.counts)
        var read: [Element] = []
        for message in messages {
            let list = message.attributes(after: 4)[3]
            #expect((list?.payload.count ?? 0) + 4 <= 65535)
            for item in list?.nested ?? NetlinkAttributes([]) {
                if let element = reader.read(item.nested, of: set) { read.append(element) }
            }
        }
        #expect(read.count == count)
        #expect(read == plan.addedElements[SampleTable.counts].map(Array.init))
        #expect(messages.count < 500)
    }

    @Test("The order: chains and rules before elements that name them, deletions before additions")
    func order() throws {
        var plan = Plan()
        let rule = RuleBuilder.rule(.ipv4) {
            $0.destinationNAT(
                map: "endpoints",
                key: [.destinationAddress, .layer4Protocol, .destinationPort, .random(modulus: 1, offset: 0)])
        }
        plan.addedChains = [ChainDefinition(name: "endpoints-1", rules: [rule])]
        plan.rewrittenChains = [ChainDefinition(name: "services", rules: [])]
        plan.delete(Self.element(1), from: SampleTable.addresses)
        plan.add(Self.element(1), to: SampleTable.addresses)
        plan.deletedChains = ["old"]
        plan.deletedSets = ["old-set"]
        let transaction = try TransactionEncoder.encode(
            plan, family: .ipv4, table: "t", layout: SampleTable.layout, firstSequence: 1)
        let types = NetlinkMessages(transaction.bytes[...]).map { Int($0.type) & 0xFF }
        // Begin, NEWCHAIN, DELRULE (flush), NEWRULE, DELSETELEM, NEWSETELEM, DELRULE, DELSET, DELCHAIN, end.
        #expect(types == [0x10, 3, 8, 6, 14, 12, 8, 11, 5, 0x11])
        #expect(
            plan.text(SampleTable.layout) == """
                add chain endpoints-1
                flush chain services
                add rule endpoints-1 dnat ip to ip daddr . meta l4proto . th dport . numgen random mod 1 map @endpoints
                delete element cluster-ips 0.0.0.1
                add element cluster-ips 0.0.0.1
                flush chain old
                delete set old-set
                delete chain old
                """)
    }

    /// NFTA_SET_DESC_SIZE of each message that makes or changes a set; 0: none.
    private func sizes(ofSetWith count: Int, _ name: SetName, givesSizes: Bool = true) throws -> [UInt64] {
        var plan = Plan()
        plan.addedSets = [SampleTable.set(name)]
        for number in 0..<count { plan.add(Element(key: ElementKey(address: UInt128(number))), to: name) }
        let transaction = try TransactionEncoder.encode(
            plan, family: .ipv4, table: "t", layout: SampleTable.layout, firstSequence: 1, givesSizes: givesSizes)
        // NFT_MSG_NEWSET
        return NetlinkMessages(transaction.bytes[...]).filter { $0.type & 0xFF == 9 }.map { message in
            message.attributes(after: 4)[9]?.nested[1]?.bigEndian ?? 0
        }
    }

    @Test("A set that many elements come into has room for them from the start, and no limit afterwards")
    func sizes() throws {
        let many = SetSize.minimumCount
        #expect(try sizes(ofSetWith: many, SampleTable.addresses) == [65_536, 1 << 30])
        #expect(try sizes(ofSetWith: 100_000, SampleTable.addresses) == [200_000, 1 << 30])
        #expect(try sizes(ofSetWith: many - 1, SampleTable.addresses) == [0])
        // Intervals are no hash tables.
        #expect(try sizes(ofSetWith: many, SampleTable.intervals) == [0])
        #expect(try sizes(ofSetWith: many, SampleTable.addresses, givesSizes: false) == [0])
        // What packets fill keeps its limit.
        #expect(try sizes(ofSetWith: many, SampleTable.clients) == [1024])
    }

    @Test("A table is replaced in one transaction") func replacement() throws {
        var plan = Plan()
        plan.replacesTable = true
        let transaction = try TransactionEncoder.encode(
            plan, family: .ipv4, table: "t", layout: SampleTable.layout, firstSequence: 1)
        // NEWTABLE makes DELTABLE succeed in any case.
        #expect(NetlinkMessages(transaction.bytes[...]).map { Int($0.type) & 0xFF } == [0x10, 0, 2, 0, 0x11])
        let removal = try TransactionEncoder.encode(
            .removal, family: .ipv4, table: "t", layout: SampleTable.layout, firstSequence: 1)
        #expect(NetlinkMessages(removal.bytes[...]).map { Int($0.type) & 0xFF } == [0x10, 2, 0x11])
    }
}
