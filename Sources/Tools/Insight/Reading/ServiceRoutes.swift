import LinuxSystem
import NetworkAddress

/// Local routes that carry one of our numbers.
enum ServiceRoutes {
    /// NETLINK_ROUTE (linux/netlink.h).
    private static let netlinkProtocol: Int32 = 0

    /// How many there are by number (rtm_protocol): 198 of ipvs mode, 199 of userspace mode.
    static func counts() throws(SystemError) -> [UInt8: Int] {
        var counts: [UInt8: Int] = [:]
        for family in IPFamily.allCases {
            for maker in [UInt8(198), 199] { counts[maker, default: 0] += try count(family, maker) }
        }
        return counts
    }

    private static func count(_ family: IPFamily, _ maker: UInt8) throws(SystemError) -> Int {
        var socket = try NetlinkSocket(protocol: netlinkProtocol)
        socket.filterDumps()
        let sequence = socket.reserveSequence()
        var writer = NetlinkWriter()
        writer.localRouteDump(family, maker: maker, sequence: sequence)
        var count = 0
        try socket.request(writer.bytes, sequence: sequence, operation: "list local routes") { message in
            if LocalRoute(message)?.maker == maker { count += 1 }
        }
        return count
    }
}
