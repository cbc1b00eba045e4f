internal import CLinux
import Glibc
public import NetworkAddress

/// The addresses on this host's interfaces.
public enum InterfaceAddresses {
    /// All IPv4 and IPv6 addresses of all interfaces in this network namespace, sorted, without duplicates.
    ///
    /// - Parameter excluded: an interface whose addresses do not count.
    public static func current(except excluded: String? = nil) throws(SystemError) -> [IPAddress] {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard unsafe getifaddrs(&first) == 0 else { throw .last("list interface addresses") }
        defer { unsafe freeifaddrs(first) }
        var addresses: Set<IPAddress> = []
        var next = unsafe first
        while let entry = unsafe next {
            let isExcluded = unsafe String(cString: entry.pointee.ifa_name) == excluded
            if !isExcluded, let socketAddress = unsafe entry.pointee.ifa_addr,
                let address = unsafe address(of: socketAddress)
            {
                addresses.insert(address)
            }
            unsafe next = unsafe entry.pointee.ifa_next
        }
        return addresses.sorted()
    }

    @unsafe
    private static func address(of pointer: UnsafePointer<sockaddr>) -> IPAddress? {
        switch Int32(unsafe pointer.pointee.sa_family) {
        case AF_INET:
            return unsafe pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                IPAddress(ipv4: UInt32(bigEndian: unsafe $0.pointee.sin_addr.s_addr))
            }
        case AF_INET6:
            return unsafe pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { pointer in
                var address = unsafe pointer.pointee.sin6_addr
                return unsafe withUnsafeBytes(of: &address) { unsafe IPAddress(bytes: Array($0)) }
            }
        default:
            return nil
        }
    }
}
