import NetworkAddress
import Testing

@testable import HostInspection

struct ListeningSocketTests {
    /// /proc/net/tcp, with the columns that count: address, peer, state, and as the tenth the inode.
    private func table(_ rows: [(address: String, state: String, inode: Int)]) -> String {
        "  sl  local_address rem_address   st\n"
            + rows.map { row in
                "   0: \(row.address):0050 00000000:0000 \(row.state) 00000000:00000000 00:00000000 00000000 0 0 \(row.inode) 1"
            }.joined(separator: "\n")
    }

    @Test(
        "Addresses of listeners and live connections are in use; those of connections that only wait for their end are not"
    )
    func addressesInUse() {
        let text = table([
            (address: "0100000A", state: "0A", inode: 7), (address: "0200000A", state: "01", inode: 8),
            // A process has closed it and is gone; another one may still read from it.
            (address: "0300000A", state: "05", inode: 0), (address: "0400000A", state: "05", inode: 9),
            (address: "0500000A", state: "06", inode: 0),
            // The kernel still sends what its process wrote.
            (address: "0600000A", state: "04", inode: 0), (address: "00000000", state: "0A", inode: 10),
        ])
        let wanted = ["10.0.0.1", "10.0.0.2", "10.0.0.4", "10.0.0.6"].compactMap { IPAddress($0) }
        #expect(ListeningSocket.addressesInUse(SocketTableRow.parse(text)) == Set(wanted))
    }
}
