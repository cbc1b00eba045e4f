/// The parts of a quantity's text.
struct QuantityText {
    enum Unit {
        case power(ofTen: Int, Quantity.Format)
        /// A power of 1024.
        case kilo(Int)

        var format: Quantity.Format { if case .power(ofTen: _, let format) = self { format } else { .binary } }

        static let suffixes: [String: Unit] = [
            "n": .power(ofTen: -9, .decimal), "u": .power(ofTen: -6, .decimal), "m": .power(ofTen: -3, .decimal),
            "": .power(ofTen: 0, .decimal), "k": .power(ofTen: 3, .decimal), "M": .power(ofTen: 6, .decimal),
            "G": .power(ofTen: 9, .decimal), "T": .power(ofTen: 12, .decimal), "P": .power(ofTen: 15, .decimal),
            "E": .power(ofTen: 18, .decimal), "Ki": .kilo(1), "Mi": .kilo(2),
            "Gi": .kilo(3), "Ti": .kilo(4), "Pi": .kilo(5), "Ei": .kilo(6),
        ]
    }

    var isNegative = false
    /// The digits of the whole part and of the fraction.
    var number: [UInt8] = []
    /// How many of ``number`` are behind the point.
    var fraction = 0
    var unit = Unit.power(ofTen: 0, .decimal)

    init(_ text: String) throws(Quantity.Problem) {
        var rest = text.utf8[...]
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            rest = rest.dropFirst()
        }
        let whole = rest.prefix(while: Self.isDigit)
        rest = rest[whole.endIndex...]
        var behind = rest.prefix(0)
        if rest.first == UInt8(ascii: ".") {
            behind = rest.dropFirst().prefix(while: Self.isDigit)
            rest = rest[behind.endIndex...]
        }
        guard !whole.isEmpty || !behind.isEmpty else { throw .format }
        let significant = whole.drop { $0 == UInt8(ascii: "0") }
        // As upstream counts them: at least one digit stands before the point.
        number = (significant.isEmpty ? [0] : significant.map { $0 - 48 }) + behind.map { $0 - 48 }
        fraction = behind.count
        unit = try Self.unit(rest)
    }

    private static func unit(_ text: Substring.UTF8View) throws(Quantity.Problem) -> Unit {
        var rest = text.drop { "eEinumkKMGTP".utf8.contains($0) }
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest = rest.dropFirst() }
        guard rest.allSatisfy(isDigit) else { throw .format }
        let suffix = String(Substring(text))
        if let known = Unit.suffixes[suffix] { return known }
        // The power is as wide as upstream's.
        guard let letter = suffix.first, letter == "e" || letter == "E", let power = Int32(suffix.dropFirst()) else {
            throw .suffix
        }
        return .power(ofTen: Int(power), .exponent)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// Whether upstream gives the text back as it is: it takes short numbers that look canonical at a glance for
    /// canonical (ParseQuantity, "if the number is in canonical form, reuse the string").
    var isKept: Bool {
        switch unit {
        case .power(ofTen: let power, _):
            let scale = power - fraction
            return number.count <= 18 && scale >= -9 && scale % 3 == 0 && number.first != 0
                && !number.suffix(3).elementsEqual([0, 0, 0])
        case .kilo(let power):
            guard fraction == 0, number.count <= 14 - 3 * power else { return false }
            return number.reduce(0) { ($0 * 10 + Int($1)) } % 8 != 0
        }
    }
}
