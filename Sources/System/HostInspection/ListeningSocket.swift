public import LinuxSystem
public import NetworkAddress

/// A listening socket, as /proc/net/tcp, tcp6, udp and udp6 list it.
public struct ListeningSocket: Hashable, Sendable {
    public var address: IPAddress
    public var port: UInt16
    public var inode: UInt64

    /// TCP_LISTEN, and TCP_CLOSE, which is what UDP sockets without a peer are in (net/tcp_states.h).
    private static let listening = "0A"
    private static let unconnected = "07"

    /// All of this network namespace.
    ///
    /// - Parameter isTCP: else UDP.
    public static func all(isTCP: Bool) throws(SystemError) -> [ListeningSocket] {
        let table = isTCP ? "tcp" : "udp"
        var found: [ListeningSocket] = []
        for name in [table, table + "6"] where name == table || KernelFile.exists("/proc/net/\(name)") {
            found += parse(try KernelFile.read("/proc/net/\(name)", limit: 64 << 20), isTCP: isTCP)
        }
        return found
    }

    /// The sockets of one table. Lines that cannot be parsed are left out.
    public static func parse(_ text: String, isTCP: Bool) -> [ListeningSocket] {
        let state = isTCP ? listening : unconnected
        return text.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ", omittingEmptySubsequences: true)
            guard fields.count > 9, fields[3] == state else { return nil }
            let ends = fields[1].split(separator: ":")
            guard ends.count == 2, let address = address(ends[0]), let port = UInt16(ends[1], radix: 16), port > 0
            else {
                return nil
            }
            return ListeningSocket(address: address, port: port, inode: UInt64(fields[9]) ?? 0)
        }
    }

    /// The addresses of this host that some socket of this network namespace has, whether it waits or has a peer; those of
    /// connections that have ended do not count.
    public static func addressesInUse() throws(SystemError) -> Set<IPAddress> {
        var found: Set<IPAddress> = []
        for name in ["tcp", "tcp6", "udp", "udp6"] where KernelFile.exists("/proc/net/\(name)") {
            found.formUnion(addressesInUse(try KernelFile.read("/proc/net/\(name)", limit: 64 << 20)))
        }
        return found
    }

    /// TCP_FIN_WAIT2 and TCP_TIME_WAIT: all has been said, and without a process nobody waits for what the peer still says.
    private static let ended: Set<Substring> = ["05", "06"]

    /// Those of one table.
    public static func addressesInUse(_ text: String) -> Set<IPAddress> {
        var found: Set<IPAddress> = []
        for line in text.split(separator: "\n").dropFirst() {
            let fields = line.split(separator: " ", omittingEmptySubsequences: true)
            let isOver = fields.count > 9 && ended.contains(fields[3]) && fields[9] == "0"
            guard fields.count > 3, !isOver, let end = fields[1].split(separator: ":").first,
                let address = address(end), !address.isUnspecified
            else { continue }
            found.insert(address)
            // An IPv6 socket with an IPv4 address.
            if address.family == .ipv6, address.value >> 32 == 0xFFFF {
                found.insert(IPAddress(ipv4: UInt32(truncatingIfNeeded: address.value)))
            }
        }
        return found
    }

    /// 32-bit words in the byte order of the machine, each as 8 hexadecimal digits.
    private static func address(_ text: Substring) -> IPAddress? {
        guard text.utf8.count == 8 || text.utf8.count == 32 else { return nil }
        var bytes: [UInt8] = []
        var rest = text
        while !rest.isEmpty {
            guard let word = UInt32(rest.prefix(8), radix: 16) else { return nil }
            let order = word.littleEndian
            bytes += (0..<4).map { UInt8(truncatingIfNeeded: order >> (8 * UInt32($0))) }
            rest = rest.dropFirst(8)
        }
        return IPAddress(bytes: bytes[...])
    }

    /// Whether it takes connections to an address.
    public func serves(_ other: IPAddress) -> Bool {
        // One of all IPv6 addresses mostly takes those to IPv4 addresses as well; /proc does not tell.
        address == other || address.isUnspecified && (address.family == other.family || address.family == .ipv6)
    }
}
