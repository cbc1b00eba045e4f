internal import LinuxSystem
internal import NetworkAddress

/// A socket of this network namespace, as /proc/net/tcp, tcp6, udp and udp6 list it.
struct SocketTableRow {
    /// An address of this host and its port.
    var local: (address: IPAddress, port: UInt16)
    var peer: (address: IPAddress, port: UInt16)
    var state: State
    /// 0: no process has it any more.
    var inode: UInt64

    /// net/tcp_states.h; UDP sockets without a peer are in TCP_CLOSE.
    enum State: UInt8 {
        case established = 1
        case asked, asking, finWait1, finWait2, timeWait, closed, closeWait, lastACK, listening, closing, new
    }

    /// All of some tables. Lines that cannot be parsed are left out.
    ///
    /// - Parameter names: such as "tcp6"; those that this kernel lacks have no rows.
    static func read(_ names: [String]) throws(SystemError) -> [SocketTableRow] {
        var rows: [SocketTableRow] = []
        for name in names where KernelFile.exists("/proc/net/\(name)") {
            rows += parse(try KernelFile.read("/proc/net/\(name)", limit: 64 << 20))
        }
        return rows
    }

    static func parse(_ text: String) -> [SocketTableRow] {
        text.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ", omittingEmptySubsequences: true)
            guard fields.count > 9, let local = end(fields[1]), let peer = end(fields[2]),
                let state = UInt8(fields[3], radix: 16).flatMap(State.init)
            else { return nil }
            return SocketTableRow(local: local, peer: peer, state: state, inode: UInt64(fields[9]) ?? 0)
        }
    }

    private static func end(_ text: Substring) -> (address: IPAddress, port: UInt16)? {
        let parts = text.split(separator: ":")
        guard parts.count == 2, let address = address(parts[0]), let port = UInt16(parts[1], radix: 16) else {
            return nil
        }
        return (address, port)
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
}

extension IPAddress {
    /// The IPv4 address that an IPv6 socket has in its own way, or itself.
    var unmapped: IPAddress {
        family == .ipv6 && value >> 32 == 0xFFFF ? IPAddress(ipv4: UInt32(truncatingIfNeeded: value)) : self
    }
}
