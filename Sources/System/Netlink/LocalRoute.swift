internal import CLinux
internal import NetworkAddress

/// A local route to one address: it makes the address local to this host although no device has it (linux/rtnetlink.h).
///
/// A device keeps its addresses in a list that the kernel walks for each new one, and routes in a tree: 30,000 addresses
/// take half a minute, 30,000 routes 0.2 s.
struct LocalRoute: Hashable, Sendable {
    var address: IPAddress
    /// Who made it (rtm_protocol); `ip route` shows it as `proto`.
    var maker: UInt8

    /// The loopback device's number in every network namespace.
    static let loopback: UInt32 = 1

    /// Nil for other messages, and for routes to networks.
    init?(_ message: NetlinkMessage) {
        // struct rtmsg
        let header = message.payload
        guard message.type == UInt16(RTM_NEWROUTE), header.count >= 12,
            header[header.startIndex + 4] == UInt8(RT_TABLE_LOCAL.rawValue),
            header[header.startIndex + 7] == UInt8(RTN_LOCAL),
            let payload = message.attributes(after: 12)[UInt16(RTA_DST.rawValue)]?.payload,
            let address = IPAddress(bytes: payload),
            header.first == address.family.number,
            header[header.startIndex + 1] == UInt8(address.family.bitWidth)
        else { return nil }
        self.address = address
        maker = header[header.startIndex + 5]
    }
}

extension NetlinkWriter {
    /// Adds a local route or removes it.
    ///
    /// - Parameter metric: nil: the kernel's default.
    mutating func localRoute(
        to address: IPAddress, maker: UInt8, metric: UInt32? = nil, source: IPAddress? = nil, isAdded: Bool,
        sequence: UInt32
    ) {
        beginMessage(
            type: UInt16(isAdded ? RTM_NEWROUTE : RTM_DELROUTE),
            flags: UInt16(NLM_F_REQUEST | (isAdded ? NLM_F_CREATE | NLM_F_EXCL : 0)), sequence: sequence)
        routeHeader(
            address.family, prefixLength: UInt8(address.family.bitWidth), maker: maker,
            scope: UInt8(RT_SCOPE_HOST.rawValue))
        attribute(UInt16(RTA_DST.rawValue), bytes: address.bytes)
        attribute(UInt16(RTA_OIF.rawValue), native: LocalRoute.loopback)
        if let metric { attribute(UInt16(RTA_PRIORITY.rawValue), native: metric) }
        if let source { attribute(UInt16(RTA_PREFSRC.rawValue), bytes: source.bytes) }
        endMessage()
    }

    /// Asks for the local routes of one maker. Sockets that do not ask strictly, and kernels before 4.20, get all routes.
    mutating func localRouteDump(_ family: IPFamily, maker: UInt8, sequence: UInt32) {
        beginMessage(type: UInt16(RTM_GETROUTE), flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP), sequence: sequence)
        // A strict request must not name a scope.
        routeHeader(family, prefixLength: 0, maker: maker, scope: 0)
        endMessage()
    }

    /// struct rtmsg
    private mutating func routeHeader(_ family: IPFamily, prefixLength: UInt8, maker: UInt8, scope: UInt8) {
        append(family.number)
        append(prefixLength)
        append(UInt16(0))
        append(UInt8(RT_TABLE_LOCAL.rawValue))
        append(maker)
        append(scope)
        append(UInt8(RTN_LOCAL))
        append(UInt32(0))
    }
}
