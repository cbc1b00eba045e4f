extension Quantity: CustomStringConvertible {
    private static let decimalSuffixes: [Int: String] = [
        -9: "n", -6: "u", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T", 15: "P", 18: "E",
    ]
    private static let binarySuffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]

    /// The text that clients get back: as upstream, usually the canonical one, sometimes the original.
    public var description: String {
        if let original { return original }
        if isZero { return "0" }
        return binaryText ?? decimalText
    }

    /// Nil where upstream writes a binary amount in decimal: below 1024, or with a fraction.
    private var binaryText: String? {
        guard format == .binary, isWhole else { return nil }
        var value = scaled(to: 0, as: Int64.self).magnitude
        guard value >= 1024 else { return nil }
        var power = 0
        while value % 1024 == 0, power < Self.binarySuffixes.count - 1 {
            value /= 1024
            power += 1
        }
        return "\(isNegative ? "-" : "")\(value)\(Self.binarySuffixes[power])"
    }

    private var decimalText: String {
        let above = ((exponent % 3) + 3) % 3
        let scale = exponent - above
        let number = String(
            decoding: digits.map { $0 + UInt8(ascii: "0") } + Array(repeating: UInt8(ascii: "0"), count: above),
            as: UTF8.self)
        let power = scale == 0 ? "" : "e\(scale)"
        // Upstream loses the power of ten where no suffix has it (1000E becomes 1); it is written out here.
        let suffix = format == .exponent ? power : Self.decimalSuffixes[scale] ?? power
        return "\(isNegative ? "-" : "")\(number)\(suffix)"
    }
}
