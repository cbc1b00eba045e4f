internal import CLinux
import Glibc
public import NetworkAddress

/// The addresses that this host is known by.
public enum SourceAddress {
    /// The address that the host would send from to reach a far destination of this family; nil without a route there.
    /// No packet is sent.
    public static func preferred(_ family: IPFamily) -> IPAddress? {
        let descriptor = socket(
            family == .ipv4 ? AF_INET : AF_INET6, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { _ = close(descriptor) }
        guard family == .ipv4 ? connectIPv4(descriptor) : connectIPv6(descriptor) else { return nil }
        return family == .ipv4 ? nameIPv4(descriptor) : nameIPv6(descriptor)
    }

    // TEST-NET-1 (RFC 5737) and the documentation prefix (RFC 3849) lie behind every default route.

    private static func connectIPv4(_ descriptor: Int32) -> Bool {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(9).bigEndian
        address.sin_addr.s_addr = UInt32(0xC000_0201).bigEndian
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    private static func connectIPv6(_ descriptor: Int32) -> Bool {
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = in_port_t(9).bigEndian
        unsafe withUnsafeMutableBytes(of: &address.sin6_addr) { unsafe $0.copyBytes(from: [0x20, 0x01, 0x0D, 0xB8]) }
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size)) == 0
            }
        }
    }

    private static func nameIPv4(_ descriptor: Int32) -> IPAddress? {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let done = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, $0, &length) == 0
            }
        }
        return done ? IPAddress(ipv4: UInt32(bigEndian: address.sin_addr.s_addr)) : nil
    }

    private static func nameIPv6(_ descriptor: Int32) -> IPAddress? {
        var address = sockaddr_in6()
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let done = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, $0, &length) == 0
            }
        }
        return done ? unsafe withUnsafeBytes(of: &address.sin6_addr) { unsafe IPAddress(bytes: Array($0)) } : nil
    }
}
