internal import CLinux
import Glibc
public import NetworkAddress

/// The addresses that other hosts see as this host's.
public enum SourceAddress {
    /// The address that the host would send from to reach a far destination of this family; nil without a route there.
    /// No packet is sent.
    public static func preferred(_ family: IPFamily) -> IPAddress? {
        let opened = SystemCall.result {
            socket(family == .ipv4 ? AF_INET : AF_INET6, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        }
        guard let descriptor = opened else { return nil }
        defer { SystemCall.close(descriptor) }
        // TEST-NET-1 (RFC 5737) and the documentation prefix (RFC 3849) lie behind every default route.
        let far = IPAddress(family: family, value: family == .ipv4 ? 0xC000_0201 : 0x2001_0DB8 << 96)
        let connected = SystemCall.result {
            unsafe SocketAddress(far, port: 9).withPointer { unsafe connect(descriptor, $0, $1) }
        }
        guard connected != nil else { return nil }
        return family == .ipv4 ? nameIPv4(descriptor) : nameIPv6(descriptor)
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
