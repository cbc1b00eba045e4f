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

    /// Which other sockets may have the same address and port.
    public enum Sharing: Hashable, Sendable {
        /// Connections in TIME_WAIT, and for UDP other sockets with this option (SO_REUSEADDR).
        case reuse
        /// Other sockets of the same user with this option, such as those of a process that takes over (SO_REUSEPORT).
        case handover
    }

    /// Opens a socket on a port of all addresses of a family. The descriptor does not block; the caller closes it.
    public static func open(_ kind: Kind, _ family: IPFamily, port: UInt16) throws(SystemError) -> Int32 {
        try open(kind, IPAddress(family: family, value: 0), port: port, sharing: .reuse)
    }

    /// The same on one address, or on all addresses of its family if it is unspecified.
    ///
    /// - Parameters:
    ///   - device: the number of the device that a link-local IPv6 address is on; such addresses need one.
    ///   - filter: decides which packets the socket gets, from the start.
    ///   - isRoute: whether the address comes from a local route and no device has it. For IPv4, bind(2) consults the
    ///     routes anyway; for IPv6 the socket needs an option (Linux 4.15).
    ///   - limit: the lowest descriptor number that the socket may not get.
    /// - Throws: as bind(2); EMFILE where no descriptor below `limit` is free.
    public static func open(
        _ kind: Kind, _ address: IPAddress, device: UInt32 = 0, port: UInt16, sharing: Sharing,
        filter: SocketFilter? = nil, isRoute: Bool = false, below limit: Int = .max
    ) throws(SystemError) -> Int32 {
        let domain = address.family == .ipv4 ? AF_INET : AF_INET6
        let type = (kind == .tcp ? SOCK_STREAM : SOCK_DGRAM).rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        let descriptor = try SystemCall.run("open a socket for port \(port)") { socket(domain, Int32(type), 0) }
        do throws(SystemError) {
            guard Int(descriptor) < limit else { throw SystemError("open a socket for port \(port)", code: EMFILE) }
            // For UDP this alone would let anybody take the port away.
            if kind == .tcp || sharing == .reuse { try set(descriptor, SOL_SOCKET, SO_REUSEADDR) }
            if sharing == .handover { try set(descriptor, SOL_SOCKET, SO_REUSEPORT) }
            if address.family == .ipv6 {
                try set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY)
                if isRoute { try set(descriptor, Int32(IPPROTO_IPV6), IPV6_FREEBIND) }
            }
            if let filter { try filter.attach(to: descriptor) }
            try bind(descriptor, address, device, port)
            if kind == .tcp { try SystemCall.run("listen on port \(port)") { listen(descriptor, SOMAXCONN) } }
        } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }

    public static func close(_ descriptor: Int32) { SystemCall.close(descriptor) }

    private static func set(_ descriptor: Int32, _ level: Int32, _ name: Int32) throws(SystemError) {
        var value: Int32 = 1
        try SystemCall.run("set a socket option") {
            unsafe setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
        }
    }

    private static func bind(
        _ descriptor: Int32, _ ip: IPAddress, _ device: UInt32, _ port: UInt16
    ) throws(SystemError) {
        let address = SocketAddress(ip, port: port, device: device)
        try SystemCall.run(ip.isUnspecified ? "bind port \(port)" : "bind \(ip) port \(port)") {
            unsafe address.withPointer { unsafe Glibc.bind(descriptor, $0, $1) }
        }
    }
}
