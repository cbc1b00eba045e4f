import HostInspection

/// The tables of sockets in /proc/net: tcp, tcp6, udp, udp6.
enum SocketTable {
    /// Sockets that wait for whoever comes. A line that is none is left out.
    static func listeners(_ text: String, transport: String) -> [HostFacts.Listener] {
        ListeningSocket.parse(text, isTCP: transport == "TCP").map {
            HostFacts.Listener(transport, $0.address, $0.port, inode: $0.inode)
        }
    }
}
