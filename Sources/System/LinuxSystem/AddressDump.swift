internal import CLinux
internal import Glibc
internal import NetworkAddress

/// One address of one device, as the kernel lists it (RTM_NEWADDR of linux/rtnetlink.h).
struct AddressDump {
    var address: IPAddress
    /// The device's number.
    var device: UInt32
    /// IPv4 addresses only, the device's name by default.
    var label: String
    /// Who made it; 0 if nobody said so, or before Linux 5.18.
    var maker: UInt8

    /// Lists the addresses of a family, or of both, in the socket's network namespace. Begins anew when they changed
    /// meanwhile, so that `body` may get an address more than once.
    static func read(
        _ family: IPFamily?, from socket: inout NetlinkSocket, _ body: (AddressDump) -> Void
    ) throws(SystemError) {
        try NetlinkSocket.untilConsistent { () throws(SystemError) in try readOnce(family, from: &socket, body) }
    }

    private static func readOnce(
        _ family: IPFamily?, from socket: inout NetlinkSocket, _ body: (AddressDump) -> Void
    ) throws(SystemError) {
        let sequence = socket.reserveSequence()
        var writer = NetlinkWriter()
        writer.beginMessage(type: UInt16(RTM_GETADDR), flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP), sequence: sequence)
        writer.append(UInt64(family.map(Self.number) ?? 0))
        writer.endMessage()
        try socket.request(writer.bytes, sequence: sequence, operation: "list addresses") { message in
            if let entry = AddressDump(message), family == nil || entry.address.family == family { body(entry) }
        }
    }

    init?(_ message: NetlinkMessage) {
        guard message.type == UInt16(RTM_NEWADDR), message.payload.count >= 8 else { return nil }
        device = message.payload.integer(UInt32.self, at: 4)
        let attributes = message.attributes(after: 8)
        // On a point-to-point link the other one is the peer's.
        guard let payload = (attributes[UInt16(IFA_LOCAL)] ?? attributes[UInt16(IFA_ADDRESS)])?.payload,
            let address = IPAddress(bytes: payload)
        else { return nil }
        self.address = address
        label = attributes[UInt16(IFA_LABEL)]?.string ?? ""
        maker = attributes[UInt16(IFA_PROTO)]?.payload.first ?? 0
    }

    static func number(_ family: IPFamily) -> UInt8 { UInt8(family == .ipv4 ? AF_INET : AF_INET6) }
}
