import NetworkAddress
import TestSupport
import Testing

@testable import LinuxSystem

@Suite("Service addresses on the loopback device") struct ServiceAddressesTests {
    static let canMakeNamespaces = (try? NetworkNamespace()) != nil

    private static func addresses(_ texts: [String]) throws -> [IPAddress] {
        try texts.map { try #require(IPAddress($0)) }
    }

    @Test(
        "They are added, found by their mark, and removed; those of others stay",
        .enabled(if: canMakeNamespaces, "needs network namespaces"), arguments: IPFamily.allCases)
    func marks(family: IPFamily) throws {
        let ours = try Self.addresses(family == .ipv4 ? ["10.96.0.1", "10.96.0.2"] : ["fd00:96::1", "fd00:96::2"])
        let other = try Self.addresses([family == .ipv4 ? "192.0.2.1" : "2001:db8::1"])
        let namespace = try NetworkNamespace()
        let (present, listed, left) = try namespace.run { () throws(SystemError) in
            var routes = try RouteSocket()
            let loopback = try routes.found("lo")
            try routes.setUp(loopback)
            try routes.addAddress(other[0], prefixLength: family.bitWidth, device: loopback)
            var addresses = try ServiceAddresses(family: family)
            let first = try addresses.change(add: ours, remove: [])
            // What is there, or gone, already is no error.
            let second = try addresses.change(add: ours, remove: [])
            let present = try addresses.read()
            let listed = try InterfaceAddresses.current()
            let third = try addresses.change(add: [], remove: ours + ours)
            return ((present, first, second, third), listed, try addresses.read())
        }
        #expect(present.0.ours == Set(ours))
        #expect(present.0.others.isSuperset(of: other) && present.0.others.isDisjoint(with: ours))
        #expect((present.1.messages, present.2.messages, present.3.messages) == (2, 2, 4))
        #expect(listed.contains(other[0]) && Set(listed).isDisjoint(with: ours))
        #expect(left.ours.isEmpty && left.others == present.0.others)
    }

    @Test("More addresses than fit into one message", .enabled(if: canMakeNamespaces, "needs network namespaces"))
    func many() throws {
        let ours = (0..<1203).map { IPAddress(ipv4: 0x0A60_0001 + UInt32($0)) }
        let (sent, present) = try NetworkNamespace().run { () throws(SystemError) in
            var addresses = try ServiceAddresses(family: .ipv4)
            let sent = try addresses.change(add: ours, remove: [])
            return (sent, try addresses.read().ours)
        }
        #expect(sent.messages == 1203)
        #expect(present == Set(ours))
    }

    @Test("Messages that are cut short or wrong are no addresses and no crash")
    func fuzz() {
        // RTM_NEWADDR with struct ifaddrmsg of lo, IFA_LOCAL 10.96.0.1, IFA_LABEL and IFA_PROTO
        let good: [UInt8] =
            [56, 0, 0, 0, 20, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 2, 32, 0, 254, 1, 0, 0, 0, 8, 0, 2, 0, 10, 96, 0, 1]
            + [15, 0, 3, 0] + Array("lo:viaduct".utf8) + [0, 0, 5, 0, 11, 0, 0xC6, 0, 0, 0]
        func read(_ bytes: [UInt8]) -> [AddressDump] {
            NetlinkMessages(bytes[...]).compactMap(AddressDump.init)
        }
        #expect(read(good).map(\.address.description) == ["10.96.0.1"])
        #expect(read(good).allSatisfy { $0.isServiceAddress && $0.device == 1 && $0.maker == 0xC6 })
        var random = SeededGenerator(seed: 11)
        var addresses = 0
        for _ in 0..<20_000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            addresses += read(Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))).count
        }
        #expect(addresses > 0 && addresses < 20_000)
    }
}
