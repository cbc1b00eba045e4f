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
        try open(kind, IPAddress(family: family, value: 0), port: port)
    }

    /// The same on one address of this host.
    public static func open(_ kind: Kind, _ address: IPAddress, port: UInt16) throws(SystemError) -> Int32 {
        let family = address.family
        let domain = family == .ipv4 ? AF_INET : AF_INET6
        let type = (kind == .tcp ? SOCK_STREAM : SOCK_DGRAM).rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        let descriptor = socket(domain, Int32(type), 0)
        guard descriptor >= 0 else { throw .last("open a socket for port \(port)") }
        do throws(SystemError) {
            try set(descriptor, SOL_SOCKET, SO_REUSEADDR)
            if family == .ipv6 { try set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY) }
            try bind(descriptor, address, port)
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

    private static func bind(_ descriptor: Int32, _ address: IPAddress, _ port: UInt16) throws(SystemError) {
        let result = unsafe SocketAddress(address, port: port).withPointer { unsafe Glibc.bind(descriptor, $0, $1) }
        guard result == 0 else { throw .last("bind \(address) port \(port)") }
    }
}
