public import LinuxSystem
public import NetworkAddress

/// A listening socket, as /proc/net/tcp, tcp6, udp and udp6 list it.
public struct ListeningSocket: Hashable, Sendable {
    public var address: IPAddress
    public var port: UInt16
    public var inode: UInt64

    /// All of this network namespace.
    ///
    /// - Parameter isTCP: else UDP.
    public static func all(isTCP: Bool) throws(SystemError) -> [ListeningSocket] {
        listening(try SocketTableRow.read(isTCP ? ["tcp", "tcp6"] : ["udp", "udp6"]), isTCP: isTCP)
    }

    /// The sockets of one table. Lines that cannot be parsed are left out.
    public static func parse(_ text: String, isTCP: Bool) -> [ListeningSocket] {
        listening(SocketTableRow.parse(text), isTCP: isTCP)
    }

    private static func listening(_ rows: [SocketTableRow], isTCP: Bool) -> [ListeningSocket] {
        rows.filter { $0.state == (isTCP ? .listening : .closed) && $0.local.port > 0 }.map {
            ListeningSocket(address: $0.local.address, port: $0.local.port, inode: $0.inode)
        }
    }

    /// The addresses of this host that some socket of this network namespace has, whether it waits or has a peer; those of
    /// connections that have ended do not count.
    public static func addressesInUse() throws(SystemError) -> Set<IPAddress> {
        addressesInUse(try SocketTableRow.read(["tcp", "tcp6", "udp", "udp6"]))
    }

    static func addressesInUse(_ rows: [SocketTableRow]) -> Set<IPAddress> {
        var found: Set<IPAddress> = []
        for row in rows where !row.local.address.isUnspecified {
            // All has been said, and without a process nobody waits for what the peer still says.
            if row.inode == 0, row.state == .finWait2 || row.state == .timeWait { continue }
            found.formUnion([row.local.address, row.local.address.unmapped])
        }
        return found
    }

    /// Whether it takes connections to an address.
    public func serves(_ other: IPAddress) -> Bool {
        // One of all IPv6 addresses mostly takes those to IPv4 addresses as well; /proc does not tell.
        address == other || address.isUnspecified && (address.family == other.family || address.family == .ipv6)
    }
}
