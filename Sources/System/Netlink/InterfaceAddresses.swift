public import LinuxSystem
public import NetworkAddress

/// The addresses on this host's interfaces.
public enum InterfaceAddresses {
    /// All IPv4 and IPv6 addresses of all interfaces in this network namespace, sorted, without duplicates. Addresses
    /// that ``ServiceAddresses`` added do not count.
    ///
    /// - Parameter excluded: interfaces whose addresses do not count.
    public static func current(except excluded: [String] = []) throws(SystemError) -> [IPAddress] {
        var socket = try RouteSocket()
        var indices: Set<UInt32> = []
        for name in excluded {
            if let index = try socket.device(name) { indices.insert(index) }
        }
        var addresses: Set<IPAddress> = []
        try socket.addresses { entry in
            if !entry.isServiceAddress, !indices.contains(entry.device) { addresses.insert(entry.address) }
        }
        return addresses.sorted()
    }
}
