extension ChartUnit {
    /// How a magnitude is written: the value divided by `factor`, then `suffix`.
    struct Prefix: Hashable {
        var factor: Double
        var suffix: String
    }

    /// `value`, in the base unit, with the prefix that suits it and at most `digits` (1 to 15) significant digits: `20 µs`,
    /// `1.25 ms`, `30k`, `3.7 MB`. A value that is not finite is `–`.
    public func format(_ value: Double, digits: Int = 3) -> String {
        guard value.isFinite else { return "–" }
        let digits = min(max(digits, 1), 15)
        let prefix = prefix(for: Self.rounded(value, digits: digits))
        return ChartNumber.significant(value / prefix.factor, digits: digits) + prefix.suffix
    }

    /// The largest prefix that leaves at least one before the point.
    func prefix(for value: Double) -> Prefix {
        let prefixes = prefixes
        let smallest = prefixes.first ?? Prefix(factor: 1, suffix: "")
        if value == 0 { return prefixes.first { $0.factor == 1 } ?? smallest }
        // 1 - 1e-9: 0.001 / 1e-6 is a little less than 1000.
        return prefixes.last { value.magnitude / $0.factor >= 1 - 1e-9 } ?? smallest
    }

    private var prefixes: [Prefix] {
        switch self {
        case .count: Self.thousands(["", "k", "M", "G", "T"])
        case .seconds:
            [
                Prefix(factor: 1e-9, suffix: " ns"), Prefix(factor: 1e-6, suffix: " µs"),
                Prefix(factor: 1e-3, suffix: " ms"), Prefix(factor: 1, suffix: " s"),
            ]
        case .bytes: Self.thousands([" B", " kB", " MB", " GB", " TB", " PB"])
        case .bitsPerSecond: Self.thousands([" bit/s", " kbit/s", " Mbit/s", " Gbit/s", " Tbit/s"])
        case .percent: [Prefix(factor: 0.01, suffix: " %")]
        case .factor: [Prefix(factor: 1, suffix: "×")]
        case .rate(let name): Self.thousands(["", "k", "M", "G", "T"].map { name.isEmpty ? $0 : "\($0) \(name)" })
        case .plain: [Prefix(factor: 1, suffix: "")]
        }
    }

    private static func thousands(_ suffixes: [String]) -> [Prefix] {
        var factor = 1.0
        return suffixes.map { suffix in
            defer { factor *= 1000 }
            return Prefix(factor: factor, suffix: suffix)
        }
    }

    /// So that 999.7 µs with three digits becomes 1 ms rather than 1000 µs.
    private static func rounded(_ value: Double, digits: Int) -> Double {
        guard value != 0 else { return 0 }
        let exponent = ChartNumber.exponent(of: value)
        guard (-290...290).contains(exponent) else { return value }
        let unit = ChartNumber.power(exponent - digits + 1)
        return (value / unit).rounded() * unit
    }
}
