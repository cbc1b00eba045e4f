import Glibc
import LinuxSystem
import Netlink
import NetworkAddress
import Testing

@Suite struct NetlinkSocketTests {
    /// NETLINK_ROUTE, which needs no rights for most questions.
    private static let route: Int32 = 0

    @Test("An unknown protocol is told in words") func unknownProtocol() {
        do throws(SystemError) {
            _ = try NetlinkSocket(protocol: 31)
            Issue.record("a socket of protocol 31")
        } catch {
            #expect(error.code == EPROTONOSUPPORT)
            #expect(error.description == "open netlink socket: Protocol not supported")
        }
    }

    @Test("Errors are told with what the kernel said besides") func messages() {
        #expect(SystemError("list", code: EPERM).message == "Operation not permitted")
        #expect(SystemError("list", code: EPERM).description == "list: Operation not permitted")
        #expect(
            SystemError("list", code: EEXIST, kernelMessage: "table").description == "list: File exists (table)")
    }

    @Test("A request that the kernel refuses throws what it answered") func refusal() throws {
        var socket = try NetlinkSocket(protocol: Self.route)
        let sequence = socket.reserveSequence()
        var writer = NetlinkWriter()
        // RTM_NEWLINK for an interface that is not there, without NLM_F_CREATE.
        writer.beginMessage(type: 16, flags: 5, sequence: sequence)
        writer.append(raw: [0, 0, 0, 0] + [0xFF, 0xFF, 0xFF, 0x7F] + [0, 0, 0, 0, 0, 0, 0, 0])
        writer.endMessage()
        do throws(SystemError) {
            try socket.request(writer.bytes, sequence: sequence, operation: "change link") { _ in }
            Issue.record("changed an interface that is not there")
        } catch {
            #expect(error.operation == "change link")
            #expect([ENODEV, EPERM].contains(error.code), "\(error)")
        }
    }

    @Test("A dump hands over all its messages and ends") func dump() throws {
        var socket = try NetlinkSocket(protocol: Self.route)
        for _ in 0..<3 {
            let sequence = socket.reserveSequence()
            var writer = NetlinkWriter()
            // RTM_GETLINK with NLM_F_REQUEST | NLM_F_DUMP and an empty struct ifinfomsg.
            writer.beginMessage(type: 18, flags: 0x301, sequence: sequence)
            writer.append(raw: [UInt8](repeating: 0, count: 16))
            writer.endMessage()
            var names: [String] = []
            try socket.request(writer.bytes, sequence: sequence, operation: "list links") { message in
                // IFLA_IFNAME
                if let name = message.attributes(after: 16)[3]?.string { names.append(name) }
            }
            #expect(names.contains("lo"))
        }
    }

    @Test("Sequence numbers are not used twice") func sequences() throws {
        var socket = try NetlinkSocket(protocol: Self.route)
        let first = socket.reserveSequence()
        let block = socket.reserveSequence(1 << 16)
        #expect(block == first + 1)
        #expect(socket.reserveSequence() == block + 65536)
    }

    @Test("A batch returns what was refused, message for message") func batch() throws {
        var socket = try NetlinkSocket(protocol: Self.route)
        let first = socket.reserveSequence(3)
        var writer = NetlinkWriter()
        for offset in 0..<3 as Range<UInt32> {
            // Unknown types: EOPNOTSUPP, or EPERM without the right to ask.
            writer.beginMessage(type: 0x7F0, flags: 1, sequence: first + offset)
            writer.append(raw: [UInt8](repeating: 0, count: 16))
            writer.endMessage()
        }
        let rejections = try socket.sendBatch(writer.bytes)
        #expect(rejections.map(\.sequence) == [first, first + 1, first + 2])
        #expect(rejections.allSatisfy { [EOPNOTSUPP, EPERM, EINVAL].contains($0.error.code) })
    }

    @Test("The loopback addresses are among the interfaces' addresses, sorted, once")
    func interfaceAddresses() throws {
        let addresses = try InterfaceAddresses.current()
        #expect(addresses == Set(addresses).sorted())
        let loopback = try #require(IPAddress("127.0.0.1"))
        #expect(addresses.contains(loopback) || addresses.isEmpty)
        if let loopback6 = IPAddress("::1"), access("/proc/net/if_inet6", R_OK) == 0, addresses.contains(loopback) {
            #expect(addresses.contains(loopback6) || !hasIPv6Loopback)
        }
    }

    /// `/proc/net/if_inet6` names each IPv6 address of the namespace.
    private var hasIPv6Loopback: Bool {
        guard let file = fopen("/proc/net/if_inet6", "r") else { return false }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, Int32(line.count), file) != nil {
            if line.starts(with: "00000000000000000000000000000001".utf8CString.dropLast()) { return true }
        }
        return false
    }
}
