import Glibc

/// Decimal notation without locale and without exponents where they can be avoided.
enum ChartNumber {
    /// `decimals` digits after the point (0 to 12), rounded to nearest; without a sign on zero.
    static func fixed(_ value: Double, decimals: Int) -> String {
        guard value.isFinite else { return "–" }
        let places = min(max(decimals, 0), 12)
        let factor = (0..<places).reduce(1.0) { result, _ in result * 10 }
        let scaled = (value.magnitude * factor).rounded()
        // Beyond 2^53 the digits would be invented.
        guard scaled < 9e15 else { return scientific(value, digits: 3) }
        let whole = Int64(scaled)
        let sign = value < 0 && whole != 0 ? "−" : ""
        guard places > 0 else { return sign + String(whole) }
        let divisor = Int64(factor)
        let fraction = String(whole % divisor)
        return sign + String(whole / divisor) + "." + String(repeating: "0", count: places - fraction.count) + fraction
    }

    /// At most `digits` significant digits, without zeros at the end of the fraction.
    static func significant(_ value: Double, digits: Int) -> String {
        guard value.isFinite else { return "–" }
        guard value != 0 else { return "0" }
        let exponent = exponent(of: value)
        let decimals = digits - 1 - exponent
        guard decimals <= 12, exponent < 9 else { return scientific(value, digits: digits) }
        return trimmed(fixed(value, decimals: decimals))
    }

    /// As `1.25e−30`.
    private static func scientific(_ value: Double, digits: Int) -> String {
        let exponent = exponent(of: value)
        // In two steps, as the power of the least numbers has no inverse.
        let mantissa = value / power(exponent / 2) / power(exponent - exponent / 2)
        let sign = exponent < 0 ? "−" : ""
        return trimmed(fixed(mantissa, decimals: min(digits, 15) - 1)) + "e" + sign + String(exponent.magnitude)
    }

    /// A coordinate or a colour's share in SVG: ASCII, at most two decimals.
    static func coordinate(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        let limited = min(max(value, -1e6), 1e6)
        let text = trimmed(fixed(limited.magnitude, decimals: 2))
        return limited < 0 && text != "0" ? "-" + text : text
    }

    /// The power of ten of the first digit; `value` is finite and not zero.
    static func exponent(of value: Double) -> Int {
        var exponent = Int(log10(value.magnitude).rounded(.down))
        // The logarithm of 999.9999... and 1000 may be the same number.
        if value.magnitude >= power(exponent + 1) { exponent += 1 }
        if value.magnitude < power(exponent) { exponent -= 1 }
        return exponent
    }

    static func power(_ exponent: Int) -> Double {
        pow(10, Double(exponent))
    }

    /// Without zeros at the end of the fraction.
    static func trimmed(_ text: String) -> String {
        guard text.contains(".") else { return text }
        var digits = text[...]
        while digits.last == "0" { digits.removeLast() }
        if digits.last == "." { digits.removeLast() }
        return String(digits)
    }
}
