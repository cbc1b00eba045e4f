import LinuxSystem
import NetworkAddress
import TestSupport
import Testing

@testable import IPVSDataplane

/// rtnetlink messages (linux/rtnetlink.h) on a machine with the low byte first.
@Suite struct RouteCodecTests {
    private static let ipv4 = RouteCodec(family: .ipv4)
    private static let ipv6 = RouteCodec(family: .ipv6)
    private static let address = IPAddress(ipv4: 0xAC1E_0029)

    private func bytes(
        _ address: IPAddress, at place: ServiceDevice.Place, isAdded: Bool, _ codec: RouteCodec = ipv4
    ) -> [UInt8] {
        var writer = NetlinkWriter()
        codec.write(address, at: place, isAdded: isAdded, sequence: 7, to: &writer)
        return writer.bytes
    }

    @Test("A dummy device") func device() {
        #expect(
            Self.ipv4.newDevice("kube-ipvs0")(7) == [
                // RTM_NEWLINK, NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL
                64, 0, 0, 0, 16, 0, 1, 6, 7, 0, 0, 0, 0, 0, 0, 0,
                // struct ifinfomsg
                0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                // IFLA_IFNAME
                15, 0, 3, 0, 0x6B, 0x75, 0x62, 0x65, 0x2D, 0x69, 0x70, 0x76, 0x73, 0x30, 0, 0,
                // IFLA_LINKINFO: IFLA_INFO_KIND "dummy"
                16, 0, 18, 0x80, 10, 0, 1, 0, 0x64, 0x75, 0x6D, 0x6D, 0x79, 0, 0, 0,
            ])
        // RTM_DELLINK of device 9
        #expect(
            Self.ipv4.deleteDevice(9)(7) == [
                32, 0, 0, 0, 17, 0, 1, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            ])
    }

    @Test("An IPv4 address, with the scope of this host") func address() {
        let body: [UInt8] = [
            // struct ifaddrmsg: AF_INET, /32, RT_SCOPE_HOST, device 9
            2, 32, 0, 254, 9, 0, 0, 0,
            // IFA_LOCAL, IFA_ADDRESS
            8, 0, 2, 0, 172, 30, 0, 41, 8, 0, 1, 0, 172, 30, 0, 41,
        ]
        // RTM_NEWADDR with NLM_F_CREATE | NLM_F_EXCL, RTM_DELADDR
        #expect(
            bytes(Self.address, at: .device(9), isAdded: true)
                == [40, 0, 0, 0, 20, 0, 1, 6, 7, 0, 0, 0, 0, 0, 0, 0] + body)
        #expect(
            bytes(Self.address, at: .device(9), isAdded: false)
                == [40, 0, 0, 0, 21, 0, 1, 0, 7, 0, 0, 0, 0, 0, 0, 0] + body)
    }

    @Test("An IPv6 address is no source of its own accord") func address6() {
        let address = IPAddress(family: .ipv6, value: 0xFD00 << 112 | 1)
        let part: [UInt8] = [0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
        #expect(
            bytes(address, at: .device(9), isAdded: true, Self.ipv6)
                == [92, 0, 0, 0, 20, 0, 1, 6, 7, 0, 0, 0, 0, 0, 0, 0, 10, 128, 0, 0, 9, 0, 0, 0]
                + [20, 0, 2, 0] + part + [20, 0, 1, 0] + part
                // IFA_FLAGS: IFA_F_NODAD | IFA_F_NOPREFIXROUTE
                + [8, 0, 8, 0, 2, 2, 0, 0]
                // IFA_CACHEINFO: preferred for 0 seconds, valid for ever
                + [20, 0, 6, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0])
    }

    @Test("A local route of ours") func route() {
        #expect(
            bytes(Self.address, at: .routes, isAdded: true) == [
                // RTM_NEWROUTE
                44, 0, 0, 0, 24, 0, 1, 6, 7, 0, 0, 0, 0, 0, 0, 0,
                // struct rtmsg: AF_INET, /32, RT_TABLE_LOCAL, our protocol, RT_SCOPE_HOST, RTN_LOCAL
                2, 32, 0, 0, 255, 0xC6, 254, 2, 0, 0, 0, 0,
                // RTA_DST, RTA_OIF: lo
                8, 0, 1, 0, 172, 30, 0, 41, 8, 0, 4, 0, 1, 0, 0, 0,
            ])
    }

    @Test("Only addresses of the family are read, with their device; only routes of ours") func reading() throws {
        func message(_ bytes: [UInt8]) throws -> NetlinkMessage {
            try #require(NetlinkMessages(bytes[...]).first { _ in true })
        }
        let written = try message(bytes(Self.address, at: .device(9), isAdded: true))
        let read = try #require(Self.ipv4.readAddress(written))
        #expect(read.0 == Self.address && read.1 == 9)
        #expect(Self.ipv6.readAddress(written) == nil)
        #expect(Self.ipv4.readRoute(written) == nil)
        var route = bytes(Self.address, at: .routes, isAdded: true)
        #expect(Self.ipv4.readRoute(try message(route)) == Self.address)
        route[16 + 5] = 2
        #expect(Self.ipv4.readRoute(try message(route)) == nil)
    }

    @Test("Garbled messages are read without a crash") func fuzz() {
        var random = SeededGenerator(seed: 22)
        for _ in 0..<20000 {
            let place: ServiceDevice.Place = random.oneIn(2) ? .routes : .device(9)
            var written = bytes(Self.address, at: place, isAdded: true)
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                written[Int.random(in: 4..<written.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            written.removeLast(Int.random(in: 0..<written.count - 16, using: &random))
            written[0] = UInt8(written.count)
            for message in NetlinkMessages(written[...]) {
                for codec in [Self.ipv4, Self.ipv6] {
                    if let read = codec.readAddress(message) { #expect(read.0.family == codec.family) }
                    if let read = codec.readRoute(message) { #expect(read.family == codec.family) }
                }
                _ = RouteCodec.deviceIndex(message)
            }
        }
    }
}
