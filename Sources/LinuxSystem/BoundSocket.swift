internal import CLinux
import Glibc
public import NetworkAddress

/// Sockets that are bound in the calling thread's network namespace, for event loops that run elsewhere.
public enum BoundSocket {
    public enum Kind: Hashable, Sendable {
        /// A stream socket that listens.
        case tcp
        case udp
    }

    /// Opens a socket on a port of all addresses of a family. The descriptor does not block; closing it is the caller's
    /// business.
    public static func open(_ kind: Kind, _ family: IPFamily, port: UInt16) throws(SystemError) -> Int32 {
        let domain = family == .ipv4 ? AF_INET : AF_INET6
        let type = (kind == .tcp ? SOCK_STREAM : SOCK_DGRAM).rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        let descriptor = socket(domain, Int32(type), 0)
        guard descriptor >= 0 else { throw .last("open a socket for port \(port)") }
        do throws(SystemError) {
            try set(descriptor, SOL_SOCKET, SO_REUSEADDR)
            if family == .ipv6 { try set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY) }
            try bind(descriptor, family, port)
            if kind == .tcp, listen(descriptor, SOMAXCONN) != 0 { throw .last("listen on port \(port)") }
        } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }

    public static func close(_ descriptor: Int32) { _ = Glibc.close(descriptor) }

    private static func set(_ descriptor: Int32, _ level: Int32, _ name: Int32) throws(SystemError) {
        var value: Int32 = 1
        let result = unsafe setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
        guard result == 0 else { throw .last("set a socket option") }
    }

    private static func bind(_ descriptor: Int32, _ family: IPFamily, _ port: UInt16) throws(SystemError) {
        let result: Int32
        switch family {
        case .ipv4:
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            result = unsafe bind(descriptor, to: &address)
        case .ipv6:
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            result = unsafe bind(descriptor, to: &address)
        }
        guard result == 0 else { throw .last("bind port \(port)") }
    }

    @unsafe
    private static func bind<Address>(_ descriptor: Int32, to address: inout Address) -> Int32 {
        unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
            }
        }
    }
}
