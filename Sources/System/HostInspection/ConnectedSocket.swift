public import LinuxSystem
public import NetworkAddress

/// This host's end of a TCP connection.
public struct ConnectedSocket: Sendable {
    public var address: IPAddress
    public var port: UInt16
    public var peer: IPAddress
    public var peerPort: UInt16

    /// Those of this network namespace that may still have something to say, also where the last message of the handshake is
    /// to come.
    public static func all() throws(SystemError) -> [ConnectedSocket] { of(try SocketTableRow.read(["tcp", "tcp6"])) }

    static func of(_ rows: [SocketTableRow]) -> [ConnectedSocket] {
        rows.compactMap { row in
            switch row.state {
            case .established, .asking, .finWait1, .finWait2, .closeWait, .lastACK, .closing:
                ConnectedSocket(
                    address: row.local.address.unmapped, port: row.local.port, peer: row.peer.address.unmapped,
                    peerPort: row.peer.port)
            case .asked, .timeWait, .closed, .listening, .new: nil
            }
        }
    }
}
