internal import CLinux
import Glibc
public import NetworkAddress

/// The addresses on this host's interfaces.
public enum InterfaceAddresses {
    /// All IPv4 and IPv6 addresses of all interfaces in this network namespace, sorted, without duplicates. Those that
    /// ``ServiceAddresses`` put there do not count.
    ///
    /// - Parameter excluded: an interface whose addresses do not count.
    public static func current(except excluded: String? = nil) throws(SystemError) -> [IPAddress] {
        var socket = try NetlinkSocket(protocol: NETLINK_ROUTE)
        let index = excluded.map { unsafe if_nametoindex($0) } ?? 0
        var addresses: Set<IPAddress> = []
        try AddressDump.read(nil, from: &socket) { entry in
            if !entry.isServiceAddress, index == 0 || entry.device != index { addresses.insert(entry.address) }
        }
        return addresses.sorted()
    }
}
