import NetworkAddress

/// The messages of ARP (RFC 826) and neighbour discovery (RFC 4861) by which hosts on a link find each other. Pure.
enum NeighborMessage: Hashable, Sendable {
    /// Somebody looks for an address.
    case question(target: IPAddress, sender: IPAddress, hardware: [UInt8])
    /// Somebody says that an address is his.
    case claim(IPAddress, hardware: [UInt8])

    static let broadcast = [UInt8](repeating: 0xFF, count: 6)
    static let allNodes = IPAddress("ff02::1")

    // MARK: Reading

    /// Nil for what is neither, or is damaged.
    init?(arp bytes: [UInt8]) {
        // Ethernet and IPv4, with addresses of 6 and 4 bytes.
        guard bytes.count >= 28, bytes.starts(with: [0, 1, 8, 0, 6, 4, 0]), bytes[7] == 1 || bytes[7] == 2,
            let sender = IPAddress(bytes: bytes[14..<18]), let target = IPAddress(bytes: bytes[24..<28])
        else { return nil }
        let hardware = Array(bytes[8..<14])
        if bytes[7] == 2 || sender == target {
            self = .claim(sender, hardware: hardware)
        } else {
            self = .question(target: target, sender: sender, hardware: hardware)
        }
    }

    /// A whole packet.
    init?(ipv6 bytes: [UInt8]) {
        // Version 6, ICMPv6 right behind the header, a hop limit that nobody but a neighbour can have sent.
        guard bytes.count >= 64, bytes[0] >> 4 == 6, bytes[6] == 58, bytes[7] == 255, bytes[40] == 135, bytes[41] == 0,
            let sender = IPAddress(bytes: bytes[8..<24]), let target = IPAddress(bytes: bytes[48..<64])
        else { return nil }
        var hardware: [UInt8] = []
        var rest = bytes[64...]
        while rest.count >= 8, let type = rest.first {
            let length = Int(rest[rest.startIndex + 1]) * 8
            guard length > 0, length <= rest.count else { break }
            if type == 1, length == 8 { hardware = Array(rest[(rest.startIndex + 2)..<(rest.startIndex + 8)]) }
            rest = rest.dropFirst(length)
        }
        self = .question(target: target, sender: sender, hardware: hardware)
    }

    // MARK: Writing

    /// - Parameter operation: 1 asks, 2 answers.
    private static func arp(
        _ operation: UInt8, _ sender: IPAddress, _ hardware: [UInt8], _ target: IPAddress, _ targetHardware: [UInt8]
    ) -> [UInt8] {
        [0, 1, 8, 0, 6, 4, 0, operation] + hardware + sender.bytes + targetHardware + target.bytes
    }

    /// The answer to who asked.
    static func arpAnswer(
        _ address: IPAddress, _ hardware: [UInt8], to asker: IPAddress, _ askerHardware: [UInt8]
    ) -> [UInt8] { arp(2, address, hardware, asker, askerHardware) }

    /// What nobody asked for, in both forms that there are: some hosts learn from one, some from the other.
    static func gratuitous(_ address: IPAddress, _ hardware: [UInt8]) -> [[UInt8]] {
        [
            arp(1, address, hardware, address, [UInt8](repeating: 0, count: 6)),
            arp(2, address, hardware, address, broadcast),
        ]
    }

    /// A neighbour advertisement that overrides what others remember.
    /// - Parameter isAnswer: nobody asked otherwise.
    static func advertisement(_ address: IPAddress, _ hardware: [UInt8], isAnswer: Bool) -> [UInt8] {
        let flags: UInt8 = isAnswer ? 0x60 : 0x20
        return [136, 0, 0, 0, flags, 0, 0, 0] + address.bytes + [2, 1] + hardware
    }

    /// The group in which hosts are asked for an address (RFC 4291, 2.7.1).
    static func solicitedGroup(_ address: IPAddress) -> IPAddress? {
        let prefix: [UInt8] = [0xFF, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xFF]
        return IPAddress(bytes: prefix + address.bytes.suffix(3))
    }
}
