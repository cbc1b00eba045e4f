import LinuxSystem
import NetworkAddress
import TestSupport
import Testing

@testable import Netlink

/// rtnetlink messages (linux/rtnetlink.h) on a machine with the low byte first.
@Suite struct RouteMessageTests {
    private static let address = IPAddress(ipv4: 0xAC1E_0029)
    private static let route = AddressHolder.localRoute(maker: 198, metric: nil)

    private func bytes(_ address: IPAddress, at holder: AddressHolder, isAdded: Bool) -> [UInt8] {
        var writer = NetlinkWriter()
        writer.hostAddress(address, at: holder, isAdded: isAdded, sequence: 7)
        return writer.bytes
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
            bytes(address, at: .device(9), isAdded: true)
                == [92, 0, 0, 0, 20, 0, 1, 6, 7, 0, 0, 0, 0, 0, 0, 0, 10, 128, 0, 0, 9, 0, 0, 0]
                + [20, 0, 2, 0] + part + [20, 0, 1, 0] + part
                // IFA_FLAGS: IFA_F_NODAD | IFA_F_NOPREFIXROUTE
                + [8, 0, 8, 0, 2, 2, 0, 0]
                // IFA_CACHEINFO: preferred for 0 seconds, valid for ever
                + [20, 0, 6, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0])
    }

    @Test("A local route of ours") func route() {
        #expect(
            bytes(Self.address, at: Self.route, isAdded: true) == [
                // RTM_NEWROUTE
                44, 0, 0, 0, 24, 0, 1, 6, 7, 0, 0, 0, 0, 0, 0, 0,
                // struct rtmsg: AF_INET, /32, RT_TABLE_LOCAL, our protocol, RT_SCOPE_HOST, RTN_LOCAL
                2, 32, 0, 0, 255, 0xC6, 254, 2, 0, 0, 0, 0,
                // RTA_DST, RTA_OIF: lo
                8, 0, 1, 0, 172, 30, 0, 41, 8, 0, 4, 0, 1, 0, 0, 0,
            ])
    }

    @Test("A local route that is no source") func routeWithSource() {
        let holder = AddressHolder.localRoute(maker: 198, metric: 198, source: IPAddress(ipv4: 0x0A00_0001))
        let plain = bytes(Self.address, at: Self.route, isAdded: true)
        let written = bytes(Self.address, at: holder, isAdded: true)
        // RTA_PRIORITY and RTA_PREFSRC
        #expect(written.dropFirst(4) == (plain + [8, 0, 6, 0, 198, 0, 0, 0, 8, 0, 7, 0, 10, 0, 0, 1]).dropFirst(4))
    }

    @Test("What is written is read back, and nothing else for it") func reading() throws {
        func message(_ bytes: [UInt8]) throws -> NetlinkMessage {
            try #require(NetlinkMessages(bytes[...]).first { _ in true })
        }
        let written = try message(bytes(Self.address, at: .device(9), isAdded: true))
        let read = try #require(DeviceAddress(written))
        #expect(read.address == Self.address && read.device == 9)
        #expect(LocalRoute(written) == nil)
        var route = bytes(Self.address, at: Self.route, isAdded: true)
        #expect(LocalRoute(try message(route))?.address == Self.address)
        #expect(LocalRoute(try message(route))?.maker == 198)
        #expect(DeviceAddress(try message(route)) == nil)
        route[16 + 5] = 2
        #expect(LocalRoute(try message(route))?.maker == 2)
    }

    @Test("Garbled messages are read without a crash") func fuzz() {
        var random = SeededGenerator(seed: 22)
        for _ in 0..<20000 {
            let holder = random.oneIn(2) ? Self.route : .device(9)
            var written = bytes(Self.address, at: holder, isAdded: true)
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                written[Int.random(in: 4..<written.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            written.removeLast(Int.random(in: 0..<written.count - 16, using: &random))
            written[0] = UInt8(written.count)
            for message in NetlinkMessages(written[...]) {
                _ = DeviceAddress(message)
                _ = LocalRoute(message)
            }
        }
    }

    @Test("A dump is made again while objects change, and not for ever")
    func interruptedDumps() throws {
        var calls = 0
        try NetlinkSocket.untilConsistent { () throws(SystemError) in
            calls += 1
            if calls < 4 { throw .interruptedDump("list") }
        }
        #expect(calls == 4)
        calls = 0
        #expect(throws: SystemError.interruptedDump("list")) {
            try NetlinkSocket.untilConsistent { () throws(SystemError) in
                calls += 1
                throw .interruptedDump("list")
            }
        }
        #expect(calls == 9)
    }
}
