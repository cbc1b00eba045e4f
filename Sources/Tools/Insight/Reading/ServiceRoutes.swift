import LinuxSystem
import Netlink
import NetworkAddress

/// Local routes with one of our protocol numbers.
enum ServiceRoutes {
    /// How many there are by number (rtm_protocol): 198 of ipvs mode, 199 of userspace mode.
    static func counts() throws(SystemError) -> [UInt8: Int] {
        var counts: [UInt8: Int] = [:]
        for family in IPFamily.allCases {
            for maker in [UInt8(198), 199] { counts[maker, default: 0] += try count(family, maker) }
        }
        return counts
    }

    private static func count(_ family: IPFamily, _ maker: UInt8) throws(SystemError) -> Int {
        var socket = try RouteSocket()
        socket.filterDumps()
        return try socket.localRoutes(family, maker: maker).count
    }
}
