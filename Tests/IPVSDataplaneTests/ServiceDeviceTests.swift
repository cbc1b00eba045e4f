import Dataplane
import Glibc
import Netlink
import NetworkAddress
import Testing

@testable import IPVSDataplane

/// Against the real kernel. Kernels without dummy devices take local routes; both read back the same.
@Suite(.serialized, .enabled(if: geteuid() == 0, "needs CAP_NET_ADMIN"))
struct ServiceDeviceTests {
    private static let name = "vd-test0"

    private static func addresses(_ family: IPFamily, _ hosts: ClosedRange<UInt128>) -> Set<IPAddress> {
        let base: UInt128 = family == .ipv4 ? 0xC633_6400 : 0x2001_0DB8 << 96
        return Set(hosts.map { IPAddress(family: family, value: base | $0) })
    }

    @Test("Addresses come and go, many at a time", arguments: IPFamily.allCases)
    func changes(family: IPFamily) throws {
        var device = try ServiceDevice(family: family, name: Self.name)
        try device.removeAll()
        let place = try device.prepare()
        #expect(try device.prepare() == place)
        #expect(try device.read().ours.isEmpty)
        let first = Self.addresses(family, 1...200)
        let sent = try device.change(add: first, remove: [])
        #expect(sent.messages == 200)
        #expect(try device.read().ours == first)
        let second = Self.addresses(family, 150...250)
        _ = try device.change(add: second.subtracting(first), remove: first.subtracting(second))
        #expect(try device.read().ours == second)
        // What is there already, or gone, is no error.
        _ = try device.change(add: second, remove: first.subtracting(second))
        var other = try ServiceDevice(family: family, name: Self.name)
        #expect(try other.all() == second)
        let loopback = try #require(IPAddress(family == .ipv4 ? "127.0.0.1" : "::1"))
        #expect(try device.read().others.contains(loopback))
        try device.removeAll()
        #expect(try other.all().isEmpty)
        try device.removeAll()
    }
}
