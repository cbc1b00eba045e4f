import NetworkAddress
import TestSupport
import Testing

@testable import LinuxSystem
@testable import Netlink

@Suite("Service addresses on the loopback device") struct ServiceAddressesTests {
    /// NETLINK_ROUTE
    private static let route: Int32 = 0
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

    /// A device's list of addresses is what made the time for them quadratic.
    @Test(
        "Thousands of them: a message each, and not one more address on any device",
        .enabled(if: canMakeNamespaces, "needs network namespaces"), arguments: IPFamily.allCases)
    func many(family: IPFamily) throws {
        let base: UInt128 = family == .ipv4 ? 0x0A60_0001 : 0xFD00 << 112 | 1
        let ours = (0..<5203).map { IPAddress(family: family, value: base + UInt128($0)) }
        let (before, sent, present, left) = try NetworkNamespace().run { () throws(SystemError) in
            var routes = try RouteSocket()
            try routes.setUp(try routes.found("lo"))
            var addresses = try ServiceAddresses(family: family)
            let before = try addresses.read()
            let sent = try addresses.change(add: ours, remove: [])
            let present = try addresses.read()
            let some = try addresses.change(add: [], remove: Array(ours[..<5000]))
            return (before, (sent, some), present, try addresses.read())
        }
        #expect(sent.0.messages == 5203 && sent.1.messages == 5000)
        #expect(before.ours.isEmpty && before.earlier.isEmpty)
        #expect(present.ours == Set(ours) && present.others == before.others && present.earlier.isEmpty)
        #expect(left.ours == Set(ours[5000...]))
    }

    @Test(
        "Sockets are bound to them and get connections", .enabled(if: canMakeNamespaces, "needs network namespaces"),
        arguments: IPFamily.allCases)
    func sockets(family: IPFamily) throws {
        let address = try #require(IPAddress(family == .ipv4 ? "10.96.0.1" : "fd00:96::1"))
        try NetworkNamespace().run { () throws(SystemError) in
            var routes = try RouteSocket()
            try routes.setUp(try routes.found("lo"))
            var addresses = try ServiceAddresses(family: family)
            _ = try addresses.change(add: [address], remove: [])
            let listener = try BoundSocket.open(.tcp, address, port: 80, sharing: .handover, isRoute: true)
            defer { BoundSocket.close(listener) }
            let client = try ClientSocket(.tcp, family, timeout: .seconds(20))
            try client.connect(to: address, port: 80)
        }
    }

    @Test(
        "What an earlier version left is told apart and removed; equal routes of others stay",
        .enabled(if: canMakeNamespaces, "needs network namespaces"), arguments: IPFamily.allCases)
    func earlier(family: IPFamily) throws {
        let old = try Self.addresses(family == .ipv4 ? ["10.96.0.1", "10.96.0.2"] : ["fd00:96::1", "fd00:96::2"])
        let (first, both, removed, left) = try NetworkNamespace().run { () throws(SystemError) in
            var routes = try RouteSocket()
            let loopback = try routes.found("lo")
            try routes.setUp(loopback)
            try routes.addLocalRoute(to: IPNetwork(old[1]), device: loopback)
            try Self.addAsEarlier(old[0], device: loopback)
            var addresses = try ServiceAddresses(family: family)
            let first = try addresses.read()
            _ = try addresses.change(add: old, remove: [])
            let both = try addresses.read()
            let removed = try addresses.removeAll()
            return (first, both, removed, (try addresses.read(), try Self.localRoutes(family)))
        }
        #expect(first.earlier == [old[0]] && first.ours.isEmpty && !first.others.contains(old[0]))
        #expect(both.earlier == [old[0]] && both.ours == Set(old))
        #expect(removed.messages == 3)
        #expect(left.0.earlier.isEmpty && left.0.ours.isEmpty)
        #expect(left.1.contains(old[1]) && !left.1.contains(old[0]))
    }

    private static func addAsEarlier(_ address: IPAddress, device: UInt32) throws(SystemError) {
        var socket = try NetlinkSocket(protocol: route)
        var writer = NetlinkWriter()
        // RTM_NEWADDR with NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL, struct ifaddrmsg, IFA_LOCAL, IFA_PROTO, IFA_LABEL
        writer.beginMessage(type: 20, flags: 0x601, sequence: socket.reserveSequence())
        writer.append(address.family.number)
        writer.append(UInt8(address.family.bitWidth))
        writer.append(UInt16(0))
        writer.append(device)
        writer.attribute(2, bytes: address.bytes)
        writer.attribute(11, byte: 198)
        if address.family == .ipv4 { writer.attribute(3, string: "lo:viaduct") }
        writer.endMessage()
        if let rejection = try socket.sendBatch(writer.bytes).first { throw rejection.error }
    }

    /// Whoever made them.
    private static func localRoutes(_ family: IPFamily) throws(SystemError) -> Set<IPAddress> {
        var socket = try RouteSocket()
        var found: Set<IPAddress> = []
        try socket.dump("list routes") {
            $0.localRouteDump(family, maker: 0, sequence: $1)
        } _: { message in
            if let route = LocalRoute(message) { found.insert(route.address) }
        }
        return found
    }

    @Test("A local route, with a metric of its own") func bytes() throws {
        var writer = NetlinkWriter()
        let address = IPAddress(ipv4: 0x0A60_0001)
        writer.localRoute(to: address, maker: 199, metric: 199, isAdded: true, sequence: 7)
        #expect(
            writer.bytes == [
                // RTM_NEWROUTE, NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL
                52, 0, 0, 0, 24, 0, 1, 6, 7, 0, 0, 0, 0, 0, 0, 0,
                // struct rtmsg: AF_INET, /32, RT_TABLE_LOCAL, our protocol, RT_SCOPE_HOST, RTN_LOCAL
                2, 32, 0, 0, 255, 199, 254, 2, 0, 0, 0, 0,
                // RTA_DST, RTA_OIF, RTA_PRIORITY
                8, 0, 1, 0, 10, 96, 0, 1, 8, 0, 4, 0, 1, 0, 0, 0, 8, 0, 6, 0, 199, 0, 0, 0,
            ])
        let route = try #require(NetlinkMessages(writer.bytes[...]).compactMap(LocalRoute.init).first)
        #expect(route.address == address && route.maker == 199)
        // Another table, another type, a network: not ours to judge.
        for (offset, value) in [(20, 254), (23, 1), (17, 24)] {
            var other = writer.bytes
            other[offset] = UInt8(value)
            #expect(NetlinkMessages(other[...]).compactMap(LocalRoute.init).isEmpty)
        }
    }

    @Test("Messages that are cut short or wrong are no addresses and no crash")
    func fuzz() {
        // RTM_NEWADDR with struct ifaddrmsg of lo, IFA_LOCAL 10.96.0.1, IFA_LABEL and IFA_PROTO
        let good: [UInt8] =
            [56, 0, 0, 0, 20, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 2, 32, 0, 254, 1, 0, 0, 0, 8, 0, 2, 0, 10, 96, 0, 1]
            + [15, 0, 3, 0] + Array("lo:viaduct".utf8) + [0, 0, 5, 0, 11, 0, 0xC6, 0, 0, 0]
        func read(_ bytes: [UInt8]) -> [DeviceAddress] {
            NetlinkMessages(bytes[...]).compactMap(DeviceAddress.init)
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
