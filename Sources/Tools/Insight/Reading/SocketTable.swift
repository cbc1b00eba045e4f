import NetworkAddress

/// The tables of sockets in /proc/net: tcp, tcp6, udp, udp6.
enum SocketTable {
    /// TCP_LISTEN, and TCP_CLOSE, which is what UDP sockets without a peer are in (net/tcp_states.h).
    private static let listening = "0A"
    private static let unconnected = "07"

    /// Sockets that wait for whoever comes. A line that is none is left out.
    static func listeners(_ text: String, transport: String) -> [HostFacts.Listener] {
        let state = transport == "TCP" ? listening : unconnected
        return text.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ", omittingEmptySubsequences: true)
            guard fields.count > 9, fields[3] == state else { return nil }
            let ends = fields[1].split(separator: ":")
            guard ends.count == 2, let address = address(ends[0]), let port = UInt16(ends[1], radix: 16), port > 0
            else {
                return nil
            }
            return HostFacts.Listener(transport, address, port, inode: UInt64(fields[9]) ?? 0)
        }
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
