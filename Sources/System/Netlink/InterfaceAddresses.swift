public import LinuxSystem
public import NetworkAddress

/// The addresses on this host's interfaces.
public enum InterfaceAddresses {
    /// All IPv4 and IPv6 addresses of all interfaces in this network namespace, sorted, without duplicates. Those that
    /// ``ServiceAddresses`` put there do not count.
    ///
    /// - Parameter excluded: an interface whose addresses do not count.
    public static func current(except excluded: String? = nil) throws(SystemError) -> [IPAddress] {
        var socket = try RouteSocket()
        var index: UInt32?
        if let excluded { index = try socket.device(excluded) }
        var addresses: Set<IPAddress> = []
        try socket.addresses { entry in
            if !entry.isServiceAddress, entry.device != index { addresses.insert(entry.address) }
        }
        return addresses.sorted()
    }
}
