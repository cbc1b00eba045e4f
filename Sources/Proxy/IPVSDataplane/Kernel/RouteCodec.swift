internal import CIPVS
internal import Glibc
internal import LinuxSystem
internal import NetworkAddress

/// rtnetlink messages for devices, addresses and local routes (linux/rtnetlink.h) to bytes and back.
struct RouteCodec {
    let family: IPFamily

    /// Marks local routes as ours (rtm_protocol); above all numbers that routing programs use.
    static let routeProtocol: UInt8 = 0xC6
    /// The loopback device of every network namespace.
    private static let loopbackIndex: UInt32 = 1

    private var number: UInt8 { family == .ipv4 ? UInt8(AF_INET) : UInt8(AF_INET6) }
    private var addressLength: Int { family.bitWidth / 8 }

    // MARK: Devices

    /// A dummy device. It stays down: its addresses are local all the same, and it gets no link-local one.
    func newDevice(_ name: String) -> (UInt32) -> [UInt8] {
        { sequence in
            var writer = NetlinkWriter()
            writer.beginMessage(
                type: UInt16(RTM_NEWLINK), flags: UInt16(NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL), sequence: sequence)
            Self.deviceHeader(index: 0, to: &writer)
            writer.attribute(UInt16(IFLA_IFNAME), string: name)
            let information = writer.beginNested(UInt16(IFLA_LINKINFO))
            writer.attribute(UInt16(IFLA_INFO_KIND), string: "dummy")
            writer.endNested(information)
            writer.endMessage()
            return writer.bytes
        }
    }

    func deleteDevice(_ index: UInt32) -> (UInt32) -> [UInt8] {
        { sequence in
            var writer = NetlinkWriter()
            writer.beginMessage(type: UInt16(RTM_DELLINK), flags: UInt16(NLM_F_REQUEST), sequence: sequence)
            Self.deviceHeader(index: index, to: &writer)
            writer.endMessage()
            return writer.bytes
        }
    }

    func deviceRequest(_ name: String, sequence: UInt32) -> [UInt8] {
        var writer = NetlinkWriter()
        writer.beginMessage(
            type: UInt16(RTM_GETLINK), flags: UInt16(NLM_F_REQUEST | NLM_F_ACK), sequence: sequence)
        Self.deviceHeader(index: 0, to: &writer)
        writer.attribute(UInt16(IFLA_IFNAME), string: name)
        writer.endMessage()
        return writer.bytes
    }

    /// struct ifinfomsg
    private static func deviceHeader(index: UInt32, to writer: inout NetlinkWriter) {
        writer.append(UInt32(0))
        writer.append(index)
        writer.append(UInt64(0))
    }

    /// The device of RTM_NEWLINK or RTM_NEWADDR: both have it behind four bytes.
    static func deviceIndex(_ message: NetlinkMessage) -> UInt32? {
        message.payload.count >= 8 ? message.payload.integer(UInt32.self, at: 4) : nil
    }

    // MARK: Addresses

    func write(
        _ address: IPAddress, at place: ServiceDevice.Place, isAdded: Bool, sequence: UInt32,
        to writer: inout NetlinkWriter
    ) {
        switch place {
        case .device(let index):
            writer.beginServiceAddress(address, device: index, isAdded: isAdded, sequence: sequence)
            if isAdded, family == .ipv6 { writer.neverSource() }
            writer.endMessage()
        case .routes:
            writer.localRoute(
                to: address, device: Self.loopbackIndex, maker: Self.routeProtocol, isAdded: isAdded,
                sequence: sequence)
        }
    }

    func addressDump(sequence: UInt32) -> [UInt8] { Self.addressDump(number, sequence: sequence) }

    static func addressDumpOfAllFamilies(sequence: UInt32) -> [UInt8] { addressDump(0, sequence: sequence) }

    private static func addressDump(_ family: UInt8, sequence: UInt32) -> [UInt8] {
        var writer = NetlinkWriter()
        writer.beginMessage(type: UInt16(RTM_GETADDR), flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP), sequence: sequence)
        writer.append(UInt64(family))
        writer.endMessage()
        return writer.bytes
    }

    /// Address and device of RTM_NEWADDR; nil for another family.
    func readAddress(_ message: NetlinkMessage) -> (IPAddress, UInt32)? {
        guard message.type == UInt16(RTM_NEWADDR), message.payload.first == number,
            let index = Self.deviceIndex(message)
        else { return nil }
        let attributes = message.attributes(after: 8)
        // On a point-to-point link the other one is the peer's.
        guard let payload = (attributes[UInt16(IFA_LOCAL)] ?? attributes[UInt16(IFA_ADDRESS)])?.payload,
            payload.count == addressLength, let address = IPAddress(bytes: payload)
        else { return nil }
        return (address, index)
    }

    // MARK: Routes

    func routeDump(sequence: UInt32) -> [UInt8] {
        var writer = NetlinkWriter()
        writer.localRouteDump(family, maker: Self.routeProtocol, sequence: sequence)
        return writer.bytes
    }

    /// The destination of RTM_NEWROUTE; nil for a route that is not ours.
    func readRoute(_ message: NetlinkMessage) -> IPAddress? {
        guard let route = LocalRoute(message), route.maker == Self.routeProtocol, route.address.family == family
        else { return nil }
        return route.address
    }
}
