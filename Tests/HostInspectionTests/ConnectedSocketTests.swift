import NetworkAddress
import Testing

@testable import HostInspection

struct ConnectedSocketTests {
    @Test("Connections that can go on are found, and those that an IPv6 socket has with an IPv4 peer")
    func connections() {
        let header = "  sl  local_address rem_address   st\n"
        let rest = "00000000:00000000 00:00000000 00000000 0 0 7 1\n"
        let rows = SocketTableRow.parse(
            header + "   0: 0100000A:0050 0200000A:9C40 01 \(rest)" + "   1: 0100000A:0050 0300000A:9C41 03 \(rest)"
                // It has ended, listens, or has had no answer yet.
                + "   2: 0100000A:0050 0400000A:9C42 06 \(rest)" + "   3: 0100000A:0050 00000000:0000 0A \(rest)"
                + "   4: 0100000A:9C43 0500000A:0050 02 \(rest)"
                + "   5: 0000000000000000FFFF00000100000A:0050 0000000000000000FFFF00000600000A:9C44 08 \(rest)")
        let found = ConnectedSocket.of(rows).map { "\($0.address):\($0.port) \($0.peer):\($0.peerPort)" }
        #expect(found == ["10.0.0.1:80 10.0.0.2:40000", "10.0.0.1:80 10.0.0.3:40001", "10.0.0.1:80 10.0.0.6:40004"])
    }
}
