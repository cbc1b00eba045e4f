import Netlink
import NetworkAddress
import ServiceModel
import TestSupport
import Testing

@testable import IPVSDataplane

/// Messages as the kernel takes and sends them (linux/ip_vs.h), on a machine with the low byte first.
@Suite struct IPVSCodecTests {
    private static let ipv4 = IPVSCodec(family: .ipv4, type: 0x21)
    private static let ipv6 = IPVSCodec(family: .ipv6, type: 0x21)
    private static let web = VirtualServerKey.frontend(
        FrontendKey(IPAddress(ipv4: 0xAC1E_0029), 80, .tcp))
    private static let endpoint = EndpointAddress(IPAddress(ipv4: 0x0AB4_0001), 8080)

    private func bytes(_ command: IPVSCommand, _ codec: IPVSCodec = ipv4) throws -> [UInt8] {
        var writer = NetlinkWriter()
        try codec.write([command], first: 7, to: &writer)
        return writer.bytes
    }

    // MARK: Goldens

    /// IPVS_CMD_ATTR_SERVICE with AF_INET, TCP, 172.30.0.41 and port 80, which name a virtual server.
    private static let webName: [UInt8] = [
        // IPVS_SVC_ATTR_AF, IPVS_SVC_ATTR_PROTOCOL
        6, 0, 1, 0, 2, 0, 0, 0, 6, 0, 2, 0, 6, 0, 0, 0,
        // IPVS_SVC_ATTR_ADDR: union nf_inet_addr
        20, 0, 3, 0, 172, 30, 0, 41, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        // IPVS_SVC_ATTR_PORT, in network order
        6, 0, 4, 0, 0, 80, 0, 0,
    ]

    @Test("A virtual server") func server() throws {
        let expected: [UInt8] =
            // Type, NLM_F_REQUEST, sequence; IPVS_CMD_NEW_SERVICE, version 1
            [104, 0, 0, 0, 0x21, 0, 1, 0, 7, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0]
            // IPVS_CMD_ATTR_SERVICE, nested
            + [84, 0, 1, 0x80] + Self.webName
            // IPVS_SVC_ATTR_SCHED_NAME "rr"
            + [7, 0, 6, 0, 0x72, 0x72, 0, 0]
            // IPVS_SVC_ATTR_FLAGS: none, all of them count
            + [12, 0, 7, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]
            // IPVS_SVC_ATTR_TIMEOUT, IPVS_SVC_ATTR_NETMASK
            + [8, 0, 8, 0, 0, 0, 0, 0, 8, 0, 9, 0, 0xFF, 0xFF, 0xFF, 0xFF]
        #expect(try bytes(.addServer(Self.web, VirtualServerSettings(scheduler: "rr"))) == expected)
    }

    @Test("A persistent one with IPv6 counts by whole addresses, too") func persistent() throws {
        let address = try #require(IPAddress("fd00:10:96::1"))
        let settings = VirtualServerSettings(
            IPVSScheduling(.sourceHashing, flags: .port), affinityTimeout: 10800)
        let expected: [UInt8] =
            // IPVS_CMD_SET_SERVICE
            [104, 0, 0, 0, 0x21, 0, 1, 0, 7, 0, 0, 0, 0, 0, 0, 0, 2, 1, 0, 0]
            // AF_INET6, UDP
            + [84, 0, 1, 0x80, 6, 0, 1, 0, 10, 0, 0, 0, 6, 0, 2, 0, 17, 0, 0, 0]
            + [20, 0, 3, 0, 0xFD, 0, 0, 0x10, 0, 0x96, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
            + [6, 0, 4, 0, 0, 53, 0, 0]
            + [7, 0, 6, 0, 0x73, 0x68, 0, 0]
            // IP_VS_SVC_F_PERSISTENT, IP_VS_SVC_F_SCHED_SH_FALLBACK, IP_VS_SVC_F_SCHED_SH_PORT
            + [12, 0, 7, 0, 0x19, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]
            // 10800 seconds, a prefix length of 128
            + [8, 0, 8, 0, 0x30, 0x2A, 0, 0, 8, 0, 9, 0, 128, 0, 0, 0]
        #expect(try bytes(.setServer(.frontend(FrontendKey(address, 53, .udp)), settings), Self.ipv6) == expected)
    }

    @Test("A mark takes the place of protocol, address and port") func mark() throws {
        #expect(
            try bytes(.removeServer(.mark(0x5600_0004))) == [
                // IPVS_CMD_DEL_SERVICE
                40, 0, 0, 0, 0x21, 0, 1, 0, 7, 0, 0, 0, 0, 0, 0, 0, 3, 1, 0, 0,
                20, 0, 1, 0x80, 6, 0, 1, 0, 2, 0, 0, 0,
                // IPVS_SVC_ATTR_FWMARK
                8, 0, 5, 0, 4, 0, 0, 0x56,
            ])
    }

    /// IPVS_CMD_ATTR_DEST with AF_INET, 10.180.0.1 and port 8080.
    private static let endpointName: [UInt8] = [
        // IPVS_DEST_ATTR_ADDR_FAMILY
        6, 0, 11, 0, 2, 0, 0, 0,
        // IPVS_DEST_ATTR_ADDR
        20, 0, 1, 0, 10, 180, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        // IPVS_DEST_ATTR_PORT
        6, 0, 2, 0, 0x1F, 0x90, 0, 0,
    ]

    @Test("An endpoint, with its weight", arguments: [5, 6] as [UInt8]) func endpoint(command: UInt8) throws {
        let expected: [UInt8] =
            [140, 0, 0, 0, 0x21, 0, 1, 0, 7, 0, 0, 0, 0, 0, 0, 0, command, 1, 0, 0]
            + [48, 0, 1, 0x80] + Self.webName + [72, 0, 2, 0x80] + Self.endpointName
            // IPVS_DEST_ATTR_FWD_METHOD: IP_VS_CONN_F_MASQ; IPVS_DEST_ATTR_WEIGHT
            + [8, 0, 3, 0, 0, 0, 0, 0, 8, 0, 4, 0, 3, 0, 0, 0]
            // IPVS_DEST_ATTR_U_THRESH, IPVS_DEST_ATTR_L_THRESH
            + [8, 0, 5, 0, 0, 0, 0, 0, 8, 0, 6, 0, 0, 0, 0, 0]
        let message: IPVSCommand =
            command == 5
            ? .addEndpoint(Self.web, Self.endpoint, weight: 3) : .setEndpoint(Self.web, Self.endpoint, weight: 3)
        #expect(try bytes(message) == expected)
    }

    @Test("Many messages are those that each would be alone") func many() throws {
        var random = SeededGenerator(seed: 11)
        for (codec, family) in [(Self.ipv4, IPFamily.ipv4), (Self.ipv6, .ipv6)] {
            var commands: [IPVSCommand] = []
            func address() -> IPAddress {
                IPAddress(family: family, value: .random(in: 1..<1 << (family == .ipv4 ? 32 : 127), using: &random))
            }
            let keys = [.mark(7), VirtualServerKey.frontend(FrontendKey(address(), 80, .tcp))]
            for _ in 0..<500 {
                let key = Int.random(in: 0..<keys.count, using: &random)
                let endpoint = EndpointAddress(address(), .random(in: 1...65535, using: &random))
                let weight = UInt16.random(in: 0...65535, using: &random)
                switch Int.random(in: 0..<8, using: &random) {
                case 0: commands.append(.removeEndpoint(keys[key], endpoint))
                case 1: commands.append(.addServer(keys[key], VirtualServerSettings(scheduler: "rr")))
                case 2, 3: commands.append(.setEndpoint(keys[key], endpoint, weight: weight))
                default: commands.append(.addEndpoint(keys[key], endpoint, weight: weight))
                }
            }
            var together = NetlinkWriter()
            try codec.write(commands, first: 100, to: &together)
            var alone = NetlinkWriter()
            for (index, command) in commands.enumerated() {
                try codec.write([command], first: 100 + UInt32(index), to: &alone)
            }
            #expect(together.bytes == alone.bytes)
            #expect(together.messageCount == commands.count)
        }
    }

    @Test("To delete an endpoint, its name is enough") func removal() throws {
        #expect(
            try bytes(.removeEndpoint(Self.web, Self.endpoint))
                == [108, 0, 0, 0, 0x21, 0, 1, 0, 7, 0, 0, 0, 0, 0, 0, 0, 7, 1, 0, 0]
                + [48, 0, 1, 0x80] + Self.webName + [40, 0, 2, 0x80] + Self.endpointName)
    }

    @Test("Requests for dumps, and timeouts") func requests() throws {
        // NLM_F_REQUEST | NLM_F_DUMP; IPVS_CMD_GET_SERVICE
        #expect(
            try Self.ipv4.serverDump(sequence: 9)
                == [20, 0, 0, 0, 0x21, 0, 1, 3, 9, 0, 0, 0, 0, 0, 0, 0, 4, 1, 0, 0])
        #expect(
            try Self.ipv4.endpointDump(of: Self.web, sequence: 9)
                == [68, 0, 0, 0, 0x21, 0, 1, 3, 9, 0, 0, 0, 0, 0, 0, 0, 8, 1, 0, 0] + [48, 0, 1, 0x80]
                + Self.webName)
        // NLM_F_REQUEST | NLM_F_ACK; IPVS_CMD_SET_CONFIG; IPVS_CMD_ATTR_TIMEOUT_TCP, IPVS_CMD_ATTR_TIMEOUT_UDP
        #expect(
            try Self.ipv4.timeouts(.init(tcp: 900, udp: 300), sequence: 9) == [
                36, 0, 0, 0, 0x21, 0, 5, 0, 9, 0, 0, 0, 0, 0, 0, 0, 12, 1, 0, 0,
                8, 0, 4, 0, 0x84, 3, 0, 0, 8, 0, 6, 0, 0x2C, 1, 0, 0,
            ])
    }

    // MARK: Reading

    private static func message(_ bytes: [UInt8]) throws -> NetlinkMessage {
        try #require(NetlinkMessages(bytes[...]).first { _ in true })
    }

    private static let keys: [(IPFamily, VirtualServerKey)] = [
        (.ipv4, web), (.ipv4, .mark(0x5600_0001)), (.ipv6, .mark(1)),
        (.ipv6, .frontend(FrontendKey(IPAddress(family: .ipv6, value: 0xFD00 << 112 | 1), 65535, .sctp))),
    ]

    @Test("What was written is read; the kernel adds a flag that says nothing", arguments: keys)
    func roundTrip(family: IPFamily, key: VirtualServerKey) throws {
        let codec = family == .ipv4 ? Self.ipv4 : Self.ipv6
        var settings = VirtualServerSettings(scheduler: "mh", flags: 0x8 | 0x2 | 0x1, timeout: 60)
        let written = try bytes(.addServer(key, settings), codec)
        let read = try #require(codec.readServer(try Self.message(written)))
        settings.flags = 0x9
        #expect(read.key == key)
        #expect(read.settings == settings)
        let other = family == .ipv4 ? Self.ipv6 : Self.ipv4
        #expect(other.readServer(try Self.message(written)) == nil)
    }

    @Test("An endpoint is read with its connections and the way it is reached") func endpointFacts() throws {
        var body = try bytes(.addEndpoint(Self.web, Self.endpoint, weight: 3))
        // IPVS_DEST_ATTR_ACTIVE_CONNS 2, IPVS_DEST_ATTR_INACT_CONNS 5; the method becomes IP_VS_CONN_F_DROUTE.
        body += [8, 0, 7, 0, 2, 0, 0, 0, 8, 0, 8, 0, 5, 0, 0, 0]
        body[0] += 16
        body[68] += 16
        let method = body.count - 16 - 28
        #expect(Array(body[method - 4..<method]) == [8, 0, 3, 0])
        body[method] = 3
        let read = try #require(Self.ipv4.readEndpoint(try Self.message(body)))
        #expect(read.address == Self.endpoint)
        #expect(read.facts == KernelServer.Endpoint(weight: 3, connections: 7, active: 2, isTranslating: false))
    }

    @Test("Garbled messages are read without a crash", arguments: IPFamily.allCases) func fuzz(family: IPFamily) throws
    {
        let codec = family == .ipv4 ? Self.ipv4 : Self.ipv6
        var random = SeededGenerator(seed: 21)
        var count = 0
        for _ in 0..<20000 {
            let key = Self.keys[Int.random(in: 0..<Self.keys.count, using: &random)].1
            let command: IPVSCommand =
                random.oneIn(2)
                ? .addServer(key, VirtualServerSettings(scheduler: "wlc", flags: 1, timeout: 9))
                : .addEndpoint(key, Self.endpoint, weight: 1)
            var written = try bytes(command, codec)
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                written[Int.random(in: 16..<written.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if random.oneIn(2) { written.removeLast(Int.random(in: 0..<written.count - 16, using: &random)) }
            let length = UInt32(written.count)
            for index in 0..<4 { written[index] = UInt8(truncatingIfNeeded: length >> UInt32(8 * index)) }
            for message in NetlinkMessages(written[...]) {
                if let server = codec.readServer(message) {
                    // Whatever was read can be written.
                    #expect(try bytes(.addServer(server.key, server.settings), codec).count % 4 == 0)
                    count += 1
                }
                if let endpoint = codec.readEndpoint(message) {
                    #expect(!endpoint.address.description.isEmpty)
                    count += 1
                }
            }
        }
        #expect(count > 1000)
    }
}
