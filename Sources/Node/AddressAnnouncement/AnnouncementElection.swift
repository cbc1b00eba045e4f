import NetworkAddress

/// Which of several nodes announces an address. Pure: whoever knows the same nodes comes to the same answer, and a node that
/// comes or goes moves only the addresses that it gets or had (rendezvous hashing).
enum AnnouncementElection {
    /// Nil where there is nobody.
    static func winner(of address: IPAddress, among nodes: some Sequence<String>) -> String? {
        nodes.max { left, right in
            let (first, second) = (weight(address, left), weight(address, right))
            return first == second ? left < right : first < second
        }
    }

    /// FNV-1a, and a last step that spreads what differs at the end alone (MurmurHash3's).
    private static func weight(_ address: IPAddress, _ node: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in address.bytes + [0] + Array(node.utf8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ (hash >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        hash = (hash ^ (hash >> 33)) &* 0xC4CE_B9FE_1A85_EC53
        return hash ^ (hash >> 33)
    }
}
