/// The text form of durations in Kubernetes configuration (meta/v1 Duration, Go's `time.Duration`): `1m30s`, `100ms`.
public enum GoDuration {
    /// Units with their nanoseconds, in the order in which they are tried.
    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("ns", 1), ("us", 1_000), ("µs", 1_000), ("μs", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000),
        ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ]

    /// Parses a signed sequence of decimal numbers, each with an optional fraction and a unit, or a bare `0`.
    /// Nil for another form and beyond about 292 years.
    public static func parse(_ text: String) -> Duration? {
        var rest = text[...]
        var isNegative = false
        if let sign = rest.first, sign == "-" || sign == "+" {
            isNegative = sign == "-"
            rest = rest.dropFirst()
        }
        if rest == "0" { return .zero }
        guard !rest.isEmpty else { return nil }
        var total: Int64 = 0
        while !rest.isEmpty {
            guard let part = parsePart(&rest) else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(part)
            guard !overflow else { return nil }
            total = sum
        }
        return .nanoseconds(isNegative ? -total : total)
    }

    private static func parsePart(_ rest: inout Substring) -> Int64? {
        let whole = rest.prefix { $0.isASCII && $0.isNumber }
        rest = rest.dropFirst(whole.count)
        var fraction = Substring()
        if rest.first == "." {
            rest = rest.dropFirst()
            fraction = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(fraction.count)
        }
        guard !(whole.isEmpty && fraction.isEmpty) else { return nil }
        let name = rest.prefix { $0 != "." && !($0.isASCII && $0.isNumber) }
        guard let unit = units.first(where: { $0.name == name }) else { return nil }
        rest = rest.dropFirst(name.count)
        guard let count = whole.isEmpty ? 0 : Int64(whole) else { return nil }
        let (product, overflow) = count.multipliedReportingOverflow(by: unit.nanoseconds)
        guard !overflow else { return nil }
        var value = product
        var scale = unit.nanoseconds
        for digit in fraction {
            scale /= 10
            guard let number = digit.wholeNumberValue else { return nil }
            let (sum, overflow) = value.addingReportingOverflow(Int64(number) * scale)
            guard !overflow else { return nil }
            value = sum
        }
        return value
    }

    /// The form that Go prints: `15m0s`, `1.5s`, `100ms`, `0s`.
    public static func format(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let nanoseconds = attoseconds / 1_000_000_000
        guard seconds != 0 || nanoseconds != 0 else { return "0s" }
        let sign = seconds < 0 || nanoseconds < 0 ? "-" : ""
        let whole = seconds.magnitude
        let part = nanoseconds.magnitude
        if whole == 0 {
            if part < 1_000 { return "\(sign)\(part)ns" }
            if part < 1_000_000 { return sign + decimal(part / 1_000, part % 1_000, digits: 3) + "µs" }
            return sign + decimal(part / 1_000_000, part % 1_000_000, digits: 6) + "ms"
        }
        var text = sign
        if whole >= 3600 { text += "\(whole / 3600)h" }
        if whole >= 60 { text += "\(whole / 60 % 60)m" }
        return text + decimal(whole % 60, part, digits: 9) + "s"
    }

    private static func decimal(_ whole: UInt64, _ fraction: UInt64, digits: Int) -> String {
        guard fraction != 0 else { return "\(whole)" }
        var text = String(fraction)
        text = String(repeating: "0", count: digits - text.count) + text
        while text.last == "0" { text.removeLast() }
        return "\(whole).\(text)"
    }
}
