internal import CLinux
internal import Glibc
public import LinuxSystem
public import NetworkAddress

/// One address of one device, as the kernel lists it (RTM_NEWADDR of linux/rtnetlink.h).
public struct DeviceAddress: Hashable, Sendable {
    public var address: IPAddress
    /// Bits that all addresses on its link share.
    public var prefixLength: Int
    /// The device's number.
    public var device: UInt32
    /// IPv4 addresses only, the device's name by default.
    public var label: String
    /// The IFA_PROTO of its maker; 0 if none was set, or before Linux 5.18.
    public var maker: UInt8

    /// Nil for other messages.
    init?(_ message: NetlinkMessage) {
        guard message.type == UInt16(RTM_NEWADDR), message.payload.count >= 8 else { return nil }
        device = message.payload.integer(UInt32.self, at: 4)
        prefixLength = Int(message.payload[message.payload.startIndex + 1])
        let attributes = message.attributes(after: 8)
        // On a point-to-point link the other one is the peer's.
        guard let payload = (attributes[UInt16(IFA_LOCAL)] ?? attributes[UInt16(IFA_ADDRESS)])?.payload,
            let address = IPAddress(bytes: payload), address.family.number == message.payload.first
        else { return nil }
        self.address = address
        label = attributes[UInt16(IFA_LABEL)]?.string ?? ""
        maker = attributes[UInt16(IFA_PROTO)]?.payload.first ?? 0
    }
}

extension IPFamily {
    /// AF_INET or AF_INET6
    var number: UInt8 { UInt8(self == .ipv4 ? AF_INET : AF_INET6) }
}

extension RouteSocket {
    /// Lists the addresses of a family, or of both. Starts again when they change meanwhile, so `body` may get an
    /// address more than once.
    public mutating func addresses(
        _ family: IPFamily? = nil, _ body: (DeviceAddress) -> Void
    ) throws(SystemError) {
        try dump("list addresses") { writer, sequence in
            writer.beginMessage(
                type: UInt16(RTM_GETADDR), flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP), sequence: sequence)
            writer.append(UInt64(family?.number ?? 0))
            writer.endMessage()
        } _: { message in
            if let entry = DeviceAddress(message), family == nil || entry.address.family == family { body(entry) }
        }
    }

    /// The local routes of one maker to single addresses.
    public mutating func localRoutes(_ family: IPFamily, maker: UInt8) throws(SystemError) -> Set<IPAddress> {
        var found: Set<IPAddress> = []
        do throws(SystemError) {
            try dump("list local routes") {
                $0.localRouteDump(family, maker: maker, sequence: $1)
            } _: { message in
                guard let route = LocalRoute(message), route.maker == maker, route.address.family == family
                else { return }
                found.insert(route.address)
            }
        } catch {
            // There is no table before the first route.
            guard error.code == ENOENT else { throw error }
        }
        return found
    }
}
