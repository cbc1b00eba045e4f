import Netlink
import NetworkAddress
import ServiceModel
import Testing

@testable import Conntrack

@Suite struct ConntrackEntryTests {
    /// A UDP flow from 10.0.0.1:40000 to the service 172.30.0.1:53, translated to 10.1.0.7:5353, as Linux 6.1 lists it.
    static let ipv4: [UInt8] = [
        // struct nlmsghdr: 172 bytes, IPCTNL_MSG_CT_NEW, NLM_F_MULTI, sequence 1, port
        0xAC, 0, 0, 0, 0x00, 0x01, 0x02, 0x00, 1, 0, 0, 0, 0, 0, 0, 0,
        // struct nfgenmsg: AF_INET
        2, 0, 0, 0,
        // CTA_TUPLE_ORIG: CTA_TUPLE_IP (source, destination), CTA_TUPLE_PROTO (UDP, ports)
        52, 0, 1, 0x80,
        20, 0, 1, 0x80, 8, 0, 1, 0, 10, 0, 0, 1, 8, 0, 2, 0, 172, 30, 0, 1,
        28, 0, 2, 0x80, 5, 0, 1, 0, 17, 0, 0, 0, 6, 0, 2, 0, 0x9C, 0x40, 0, 0, 6, 0, 3, 0, 0, 53, 0, 0,
        // CTA_TUPLE_REPLY: the endpoint answers
        52, 0, 2, 0x80,
        20, 0, 1, 0x80, 8, 0, 1, 0, 10, 1, 0, 7, 8, 0, 2, 0, 10, 0, 0, 1,
        28, 0, 2, 0x80, 5, 0, 1, 0, 17, 0, 0, 0, 6, 0, 2, 0, 0x14, 0xE9, 0, 0, 6, 0, 3, 0, 0x9C, 0x40, 0, 0,
        // CTA_STATUS: IPS_DST_NAT and others
        8, 0, 3, 0, 0, 0, 1, 0xA8,
        // CTA_TIMEOUT
        8, 0, 7, 0, 0, 0, 0, 29,
        // CTA_MARK
        8, 0, 8, 0, 0, 0, 0, 0,
        // CTA_ID
        8, 0, 12, 0, 0xDE, 0xAD, 0xBE, 0xEF,
        // CTA_ZONE, padded
        6, 0, 18, 0, 0, 5, 0, 0,
        // CTA_USE
        8, 0, 11, 0, 0, 0, 0, 1,
    ]

    private func message(_ bytes: [UInt8]) throws -> NetlinkMessage {
        try #require(NetlinkMessages(bytes[...]).first { _ in true })
    }

    private func entry(_ bytes: [UInt8]) throws -> ConntrackEntry? {
        ConntrackEntry(try message(bytes).attributes(after: 4))
    }

    private static func endpoint(_ address: String, _ port: UInt16) throws -> EndpointAddress {
        EndpointAddress(try #require(IPAddress(address)), port)
    }

    @Test("A flow as the kernel lists it") func decoding() throws {
        let entry = try #require(try entry(Self.ipv4))
        #expect(entry.transport == 17)
        #expect(entry.destination == (try Self.endpoint("172.30.0.1", 53)))
        #expect(entry.replySource == (try Self.endpoint("10.1.0.7", 5353)))
    }

    @Test("A deletion names the tuple, the zone and the very entry") func deletion() throws {
        let entry = try #require(try entry(Self.ipv4))
        let expected: [UInt8] =
            [
                // struct nlmsghdr: 88 bytes, IPCTNL_MSG_CT_DELETE, NLM_F_REQUEST alone: errors come all the same, sequence 9
                0x58, 0, 0, 0, 0x02, 0x01, 0x01, 0x00, 9, 0, 0, 0, 0, 0, 0, 0,
                2, 0, 0, 0,
            ] + Self.ipv4[20..<72]
            // CTA_ZONE and CTA_ID
            + [6, 0, 18, 0, 0, 5, 0, 0, 8, 0, 12, 0, 0xDE, 0xAD, 0xBE, 0xEF]
        #expect(entry.deletion(family: 2, sequence: 9) == expected)
    }

    @Test("IPv6") func ipv6() throws {
        func tuple(_ type: UInt16, _ source: String, _ destination: String, to writer: inout NetlinkWriter) throws {
            let tuple = writer.beginNested(type)
            let ip = writer.beginNested(1)
            writer.attribute(3, bytes: try #require(IPAddress(source)).bytes)
            writer.attribute(4, bytes: try #require(IPAddress(destination)).bytes)
            writer.endNested(ip)
            let proto = writer.beginNested(2)
            writer.attribute(1, byte: 17)
            writer.attribute(2, bigEndian: type == 1 ? UInt16(40000) : 5353)
            writer.attribute(3, bigEndian: type == 1 ? UInt16(53) : 40000)
            writer.endNested(proto)
            writer.endNested(tuple)
        }
        var writer = NetlinkWriter()
        try tuple(1, "fd00::1", "fd00:30::1", to: &writer)
        try tuple(2, "fd00:1::7", "fd00::1", to: &writer)
        let entry = try #require(ConntrackEntry(NetlinkAttributes(writer.bytes[...])))
        #expect(entry.destination == (try Self.endpoint("fd00:30::1", 53)))
        #expect(entry.replySource == (try Self.endpoint("fd00:1::7", 5353)))
    }

    @Test("What has no ports, or lacks a part, is no entry") func incomplete() throws {
        // Types that hide an attribute: reply tuple, protocol and port of the original, address of the reply.
        for offset in [72 + 2, 44 + 2, 20 + 4 + 20 + 4 + 16 + 2, 72 + 4 + 4 + 2] {
            var bytes = Self.ipv4
            bytes[offset] = 99
            #expect(try entry(bytes) == nil, "byte \(offset)")
        }
    }

    @Test("A listing that is cut short or garbled is read without a crash") func fuzz() throws {
        for length in 0..<Self.ipv4.count {
            _ = ConntrackEntry(NetlinkAttributes(Self.ipv4[min(20, length)..<length]))
        }
        var state: UInt64 = 1
        for _ in 0..<20_000 {
            var bytes = Self.ipv4
            for _ in 0..<4 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let index = 20 + Int(state >> 40) % (bytes.count - 20)
                bytes[index] = UInt8(truncatingIfNeeded: state >> 32)
            }
            if let entry = ConntrackEntry(NetlinkAttributes(bytes[20...])) {
                // Whatever was read can be asked to be deleted.
                #expect(NetlinkMessages(entry.deletion(family: 2, sequence: 1)[...]).contains { $0.sequence == 1 })
            }
        }
    }
}
