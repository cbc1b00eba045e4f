/// Sums and comparisons of quantities, in units of a nano.
extension Quantity {
    private static let nanos: Int128 = 1_000_000_000

    /// Nil for a text that is no quantity; what is out of range is cut off there.
    static func value(_ text: String) -> Int128? {
        guard canonical(text) != nil else { return nil }
        var rest = text[...]
        let isNegative = rest.first == "-"
        if isNegative || rest.first == "+" { rest = rest.dropFirst() }
        let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = rest.dropFirst(number.count)
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        let whole = Int128(parts.first.map { $0.isEmpty ? "0" : $0 } ?? "0") ?? .max
        let digits = parts.count > 1 ? parts[1].prefix(9) : ""
        let fraction = Int128(digits + String(repeating: "0", count: 9 - digits.count)) ?? 0
        let (scaled, overflow) = whole.multipliedReportingOverflow(by: nanos)
        let value = overflow ? Int128.max : scaled + fraction
        return multiplied(isNegative ? -value : value, unit)
    }

    private static func multiplied(_ value: Int128, _ unit: Substring) -> Int128 {
        let binary = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].firstIndex { $0 == unit }
        if let binary { return times(value, Int128(1) << Int128(10 * (binary + 1))) }
        let decimal = ["n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18]
        let exponent = decimal[String(unit)] ?? Int(unit.dropFirst()) ?? 0
        var power: Int128 = 1
        for _ in 0..<min(abs(exponent), 37) { power *= 10 }
        return exponent < 0 ? value / power : times(value, power)
    }

    private static func times(_ value: Int128, _ factor: Int128) -> Int128 {
        let (product, overflow) = value.multipliedReportingOverflow(by: factor)
        return overflow ? (value < 0 ? .min : .max) : product
    }

    /// The canonical text of a sum, with the kind of suffix that one of its parts has.
    static func text(_ value: Int128, like part: String) -> String {
        let whole = value / nanos
        guard value % nanos == 0 else {
            let finest = value % 1_000_000 == 0 ? "\(value / 1_000_000)m" : "\(value)n"
            return canonical(finest) ?? finest
        }
        let suffix = part.hasSuffix("i") && whole % 1024 == 0 ? "Ki" : ""
        let text = suffix.isEmpty ? "\(whole)" : "\(whole / 1024)\(suffix)"
        return canonical(text) ?? text
    }

    /// Rounded up to a thousandth, which is all that resource lists keep.
    static func roundedToMilli(_ text: String) -> String {
        guard text.hasSuffix("u") || text.hasSuffix("n"), let value = value(text) else { return text }
        let milli: Int128 = 1_000_000
        let up = value / milli + (value % milli > 0 ? 1 : 0)
        return canonical("\(up)m") ?? text
    }
}
