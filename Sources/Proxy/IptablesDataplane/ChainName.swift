/// The name of a chain, stored inline and ordered like strcmp(3): tables hold tens of thousands of them.
struct ChainName: Hashable, Comparable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// The longest name that iptables accepts (XT_EXTENSION_MAXNAMELEN - 1 of linux/netfilter/x_tables.h).
    static let maximumLength = 28
    /// The longest that fits here and into a table.
    private static let capacity = 32

    /// The bytes in order, the first one in the highest place; zeros behind.
    private var words: (UInt64, UInt64, UInt64, UInt64)

    /// Up to the first zero byte; what is longer than a table can hold is cut.
    init(_ bytes: some Sequence<UInt8>) {
        words = (0, 0, 0, 0)
        for (index, byte) in bytes.enumerated() {
            if byte == 0 || index >= Self.capacity - 1 { break }
            let bits = UInt64(byte) << UInt64(56 - index % 8 * 8)
            switch index / 8 {
            case 0: words.0 |= bits
            case 1: words.1 |= bits
            case 2: words.2 |= bits
            default: words.3 |= bits
            }
        }
    }

    init(_ text: String) { self.init(text.utf8) }

    init(stringLiteral text: String) { self.init(text) }

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for word in [words.0, words.1, words.2, words.3] {
            for shift in stride(from: UInt64(56), through: 0, by: -8) {
                let byte = UInt8(truncatingIfNeeded: word >> shift)
                if byte == 0 { return bytes }
                bytes.append(byte)
            }
        }
        return bytes
    }

    var description: String { String(decoding: bytes, as: UTF8.self) }

    func hasPrefix(_ prefix: ChainName) -> Bool {
        func matches(_ word: UInt64, _ part: UInt64) -> Bool {
            // A zero byte of the prefix ends it; behind it everything matches.
            if part == 0 { return true }
            let rest = UInt64(part.trailingZeroBitCount & ~7)
            return word >> rest == part >> rest
        }
        return matches(words.0, prefix.words.0) && matches(words.1, prefix.words.1)
            && matches(words.2, prefix.words.2) && matches(words.3, prefix.words.3)
    }

    /// A number that stands for the name in comparisons of rules.
    var digest: UInt64 {
        var digest: UInt64 = 0xCBF2_9CE4_8422_2325
        for word in [words.0, words.1, words.2, words.3] { digest = (digest ^ word) &* 0x0000_0100_0000_01B3 }
        return digest
    }

    static func == (left: ChainName, right: ChainName) -> Bool { left.words == right.words }

    static func < (left: ChainName, right: ChainName) -> Bool { left.words < right.words }

    func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }
}
