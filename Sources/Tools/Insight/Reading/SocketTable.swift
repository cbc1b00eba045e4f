import HostInspection

/// The tables of sockets in /proc/net: tcp, tcp6, udp, udp6.
enum SocketTable {
    /// Listening sockets. Lines that cannot be parsed are left out.
    static func listeners(_ text: String, transport: String) -> [HostFacts.Listener] {
        ListeningSocket.parse(text, isTCP: transport == "TCP").map {
            HostFacts.Listener(transport, $0.address, $0.port, inode: $0.inode)
        }
    }
}
