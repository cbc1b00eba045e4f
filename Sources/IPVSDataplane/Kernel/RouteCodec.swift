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
        case .routes:
            writer.beginMessage(
                type: UInt16(isAdded ? RTM_NEWROUTE : RTM_DELROUTE),
                flags: UInt16(NLM_F_REQUEST | (isAdded ? NLM_F_CREATE | NLM_F_EXCL : 0)), sequence: sequence)
            routeHeader(prefixLength: UInt8(family.bitWidth), to: &writer)
            writer.attribute(UInt16(RTA_DST.rawValue), bytes: address.bytes)
            writer.attribute(UInt16(RTA_OIF.rawValue), native: Self.loopbackIndex)
        }
        writer.endMessage()
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

    /// struct rtmsg
    private func routeHeader(prefixLength: UInt8, to writer: inout NetlinkWriter) {
        writer.append(number)
        writer.append(prefixLength)
        writer.append(UInt16(0))
        writer.append(UInt8(RT_TABLE_LOCAL.rawValue))
        writer.append(Self.routeProtocol)
        writer.append(UInt8(RT_SCOPE_HOST.rawValue))
        writer.append(UInt8(RTN_LOCAL))
        writer.append(UInt32(0))
    }

    func routeDump(sequence: UInt32) -> [UInt8] {
        var writer = NetlinkWriter()
        writer.beginMessage(type: UInt16(RTM_GETROUTE), flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP), sequence: sequence)
        routeHeader(prefixLength: 0, to: &writer)
        writer.endMessage()
        return writer.bytes
    }

    /// The destination of RTM_NEWROUTE; nil for a route that is not ours.
    func readRoute(_ message: NetlinkMessage) -> IPAddress? {
        let header = message.payload
        guard message.type == UInt16(RTM_NEWROUTE), header.count >= 12, header.first == number,
            header[header.startIndex + 1] == UInt8(family.bitWidth),
            header[header.startIndex + 4] == UInt8(RT_TABLE_LOCAL.rawValue),
            header[header.startIndex + 5] == Self.routeProtocol,
            header[header.startIndex + 7] == UInt8(RTN_LOCAL),
            let payload = message.attributes(after: 12)[UInt16(RTA_DST.rawValue)]?.payload,
            payload.count == addressLength
        else { return nil }
        return IPAddress(bytes: payload)
    }
}
