/// A number that is equal for two entries that are the same rule, at any position: their counters belong together. It
/// ignores probabilities, which change when another endpoint is added or removed.
///
/// The exact number is equal only if the entries are the same in everything but counters.
enum EntryIdentity {
    private static let statistic = Array("statistic".utf8) + [0]

    /// - Parameter destination: what stands for the chain that the entry jumps to; nil if it does not jump.
    static func of(
        _ bytes: [UInt8], _ position: Int, _ layout: EntryLayout, destination: UInt64?, isExact: Bool = false
    ) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func add(_ range: Range<Int>) {
            for place in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
                hash = (hash ^ bytes.load(UInt64.self, at: place)) &* 0x0000_0100_0000_01B3
                hash ^= hash >> 29
            }
        }
        add(position..<position + layout.targetOffset & ~7)
        let target = position + Int(bytes.load(UInt16.self, at: position + layout.targetOffset))
        let end = position + Int(bytes.load(UInt16.self, at: position + layout.targetOffset + 2))
        var match = position + layout.size
        while match < target {
            let next = match + Int(bytes.load(UInt16.self, at: match))
            if isExact || !bytes[match + 2..<match + 2 + statistic.count].elementsEqual(statistic) { add(match..<next) }
            match = next
        }
        guard let destination else {
            add(target..<end)
            return hash
        }
        return (hash ^ destination) &* 0x0000_0100_0000_01B3
    }
}
