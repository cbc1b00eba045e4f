import Netlink
import NetworkAddress
import TestSupport
import Testing

@testable import Nftables

/// Elements as the kernel takes and lists them (NFTA_SET_ELEM_*, linux/netfilter/nf_tables.h).
@Suite struct ElementTests {
    private static let ip = UInt128(0xAC1E_0001)
    private static let key = ElementKey(address: ip, port: 80, transport: 6)

    /// As it stands in the list of the message that brings it or takes it away.
    private func bytes(_ element: Element, _ set: SetName, _ family: IPFamily = .ipv4, isDeleted: Bool = false)
        throws -> [UInt8]
    {
        var plan = Plan()
        if isDeleted { plan.delete(element, from: set) } else { plan.add(element, to: set) }
        let transaction = try TransactionEncoder.encode(
            plan, family: family, table: "t", layout: SampleTable.layout, firstSequence: 1)
        let messages = Array(NetlinkMessages(transaction.bytes[...]))
        try #require(messages.count == 3)
        return Array(try #require(messages[1].attributes(after: 4)[3]).payload)
    }

    // MARK: Goldens

    /// NFTA_SET_ELEM_KEY of 172.30.0.1 . tcp . 80: NFTA_DATA_VALUE with the address, the protocol and the port, each
    /// padded to 4 bytes.
    private static let frontend: [UInt8] = [
        20, 0, 1, 0x80,
        16, 0, 1, 0, 172, 30, 0, 1, 6, 0, 0, 0, 0, 80, 0, 0,
    ]

    @Test("A frontend that goes to a chain, with its comment") func verdict() throws {
        let element = Element(
            key: Self.key, data: ElementData(value: .verdict(.goto("cluster-ip")), comment: "a/b"))
        let expected: [UInt8] =
            // NFTA_LIST_ELEM
            [68, 0, 1, 0x80] + Self.frontend
            // NFTA_SET_ELEM_DATA, NFTA_DATA_VERDICT: NFTA_VERDICT_CODE NFT_GOTO (-4), NFTA_VERDICT_CHAIN
            + [32, 0, 2, 0x80, 28, 0, 2, 0x80, 8, 0, 1, 0, 0xFF, 0xFF, 0xFF, 0xFC]
            + [15, 0, 2, 0] + Array("cluster-ip".utf8) + [0, 0]
            // NFTA_SET_ELEM_USERDATA: type 0, length, "a/b"
            + [10, 0, 6, 0, 0, 4] + Array("a/b".utf8) + [0, 0, 0]
        #expect(try bytes(element, SampleTable.verdicts) == expected)
        // To delete it, the key is enough.
        #expect(try bytes(element, SampleTable.verdicts, isDeleted: true) == [24, 0, 1, 0x80] + Self.frontend)
    }

    @Test("Dropping needs no chain") func drop() throws {
        let element = Element(key: Self.key, data: ElementData(value: .verdict(.drop)))
        #expect(
            try bytes(element, SampleTable.verdicts) == [40, 0, 1, 0x80] + Self.frontend
                // NF_DROP
                + [16, 0, 2, 0x80, 12, 0, 2, 0x80, 8, 0, 1, 0, 0, 0, 0, 0])
    }

    @Test("An endpoint: the slot is in the machine's byte order, the port in the network's") func endpoint() throws {
        var key = Self.key
        key.slot = 0x10002
        let value = ElementValue.destination(IPAddress(ipv4: 0x0A01_0007), 8080)
        #expect(
            try bytes(Element(key: key, data: ElementData(value: value)), SampleTable.destinations)
                == [
                    44, 0, 1, 0x80,
                    24, 0, 1, 0x80,
                    20, 0, 1, 0, 172, 30, 0, 1, 6, 0, 0, 0, 0, 80, 0, 0, 2, 0, 1, 0,
                    // NFTA_SET_ELEM_DATA: 10.1.0.7 . 8080
                    16, 0, 2, 0x80,
                    12, 0, 1, 0, 10, 1, 0, 7, 0x1F, 0x90, 0, 0,
                ])
    }

    @Test("A mark is in the machine's byte order") func mark() throws {
        #expect(
            try bytes(Element(key: Self.key, data: ElementData(value: .mark(0x5600_0004))), SampleTable.marks)
                == [36, 0, 1, 0x80] + Self.frontend + [12, 0, 2, 0x80, 8, 0, 1, 0, 4, 0, 0, 0x56])
    }

    @Test("A source range has a key for its begin and one for its end") func sourceRange() throws {
        var key = Self.key
        key.source = 0x0A00_0000
        key.sourceEnd = 0x0AFF_FFFF
        #expect(
            try bytes(Element(key: key, data: ElementData()), SampleTable.ranges)
                == [
                    52, 0, 1, 0x80,
                    24, 0, 1, 0x80,
                    20, 0, 1, 0, 172, 30, 0, 1, 6, 0, 0, 0, 0, 80, 0, 0, 10, 0, 0, 0,
                    // NFTA_SET_ELEM_KEY_END
                    24, 0, 10, 0x80,
                    20, 0, 1, 0, 172, 30, 0, 1, 6, 0, 0, 0, 0, 80, 0, 0, 10, 255, 255, 255,
                ])
    }

    @Test("The end of a range of cluster IPs has a flag") func intervalEnd() throws {
        let key = ElementKey(address: 0xAC1F_0000, isIntervalEnd: true)
        #expect(
            try bytes(Element(key: key, data: ElementData()), SampleTable.intervals)
                == [
                    24, 0, 1, 0x80,
                    // NFTA_SET_ELEM_FLAGS: NFT_SET_ELEM_INTERVAL_END
                    8, 0, 3, 0, 0, 0, 0, 1,
                    12, 0, 1, 0x80, 8, 0, 1, 0, 172, 31, 0, 0,
                ])
    }

    @Test("IPv6 addresses have 16 bytes") func hairpin() throws {
        let address = try #require(IPAddress("fd00::1"))
        let key = ElementKey(address: address.value, source: address.value)
        let part: [UInt8] = [0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
        #expect(
            try bytes(Element(key: key, data: ElementData()), SampleTable.pairs, .ipv6)
                == [44, 0, 1, 0x80, 40, 0, 1, 0x80, 36, 0, 1, 0] + part + part)
    }

    // MARK: Round trip and fuzz

    private static let sets = SampleTable.layout.sets.filter { !$0.isFilledByPackets }.flatMap { set in
        IPFamily.allCases.map { (set.name, $0) }
    }

    @Test("What was written is read", arguments: sets)
    func roundTrip(name: SetName, family: IPFamily) throws {
        let set = SampleTable.set(name)
        let reader = ElementReader(family: family)
        var random = SeededGenerator(seed: 7)
        for _ in 0..<300 {
            let element = Self.element(of: set, family, &random)
            let written = try bytes(element, name, family)
            let item = try #require(NetlinkAttributes(written[...]).first { _ in true })
            #expect(reader.read(item.nested, of: set) == element)
            #expect(written.count % 4 == 0)
        }
    }

    private static func element(
        of set: SetDefinition, _ family: IPFamily, _ random: inout SeededGenerator
    ) -> Element {
        func address(_ random: inout SeededGenerator) -> UInt128 {
            let value = UInt128.random(in: 0 ... .max, using: &random)
            return IPAddress(family: family, value: family == .ipv4 ? value >> 96 : value).value
        }
        var key = ElementKey()
        for field in set.key {
            switch field {
            case .address: key.address = address(&random)
            case .source:
                key.source = address(&random)
                if set.isInterval { key.sourceEnd = address(&random) }
            case .transport: key.transport = UInt8.random(in: 0...255, using: &random)
            case .port: key.port = UInt16.random(in: 0 ... .max, using: &random)
            case .slot: key.slot = UInt32.random(in: 0 ... .max, using: &random)
            }
        }
        if set.isInterval, set.key.count == 1 { key.isIntervalEnd = random.oneIn(2) }
        var data = ElementData()
        switch set.value {
        case .verdict:
            data.value = .verdict(
                [.drop, .return, .goto("a"), .jump("chain-with-a-long-name")][Int.random(in: 0..<4, using: &random)])
        case .destination:
            data.value = .destination(
                IPAddress(family: family, value: address(&random)), UInt16.random(in: 0 ... .max, using: &random))
        case .mark: data.value = .mark(UInt32.random(in: 0 ... .max, using: &random))
        case .none: break
        }
        if random.oneIn(2) { data.comment = String(repeating: "c", count: Int.random(in: 0...127, using: &random)) }
        return Element(key: key, data: data)
    }

    @Test("Garbled elements are read without a crash", arguments: sets)
    func fuzz(name: SetName, family: IPFamily) throws {
        let set = SampleTable.set(name)
        let reader = ElementReader(family: family)
        var random = SeededGenerator(seed: 8)
        for _ in 0..<2000 {
            var written = try bytes(Self.element(of: set, family, &random), name, family)
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                written[Int.random(in: 0..<written.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            let length = random.oneIn(2) ? written.count : Int.random(in: 4...written.count, using: &random)
            if let element = reader.read(NetlinkAttributes(written[4..<length]), of: set) {
                // Whatever was read can be asked to be deleted, and be told.
                #expect(try bytes(element, name, family, isDeleted: true).count % 4 == 0)
                #expect(!element.text(in: set).isEmpty)
            }
        }
    }

    @Test("What lacks a key, or has one of another length, is no element") func incomplete() {
        let reader = ElementReader(family: .ipv4)
        let set = SampleTable.set(SampleTable.addresses)
        #expect(reader.read(NetlinkAttributes([]), of: set) == nil)
        // Key of 5 bytes.
        #expect(
            reader.read(NetlinkAttributes([16, 0, 1, 0x80, 9, 0, 1, 0, 1, 2, 3, 4, 5, 0, 0, 0]), of: set) == nil)
        // A verdict map's element without a verdict that is known: NF_QUEUE.
        let maps = SampleTable.set(SampleTable.verdicts)
        let queue: [UInt8] = Self.frontend + [16, 0, 2, 0x80, 12, 0, 2, 0x80, 8, 0, 1, 0, 0, 0, 0, 3]
        #expect(reader.read(NetlinkAttributes(queue[...]), of: maps) == nil)
    }

    @Test("Comments end at 127 bytes, and are found behind other items") func userdata() {
        let long = String(repeating: "x", count: 200)
        let written = Userdata.comment(long, type: 0)
        #expect(written.count == 130)
        #expect(Userdata.comment(in: written[...], type: 0) == String(long.prefix(127)))
        #expect(Userdata.comment(in: ([5, 2, 1, 1] + written)[...], type: 0) == String(long.prefix(127)))
        #expect(Userdata.comment(in: written[...], type: 7) == nil)
        #expect(Userdata.comment(in: [0, 200, 65], type: 0) == nil)
        #expect(Userdata.comment(in: [0], type: 0) == nil)
    }
}
