/// The canonical form of quantities such as `1500m` or `8Gi` (k8s.io/apimachinery/pkg/api/resource), which is what
/// clients get back. Numbers of more than 18 digits keep their own form.
extension Quantity {
    private static let decimalSuffixes: [(suffix: String, exponent: Int)] = [
        ("E", 18), ("P", 15), ("T", 12), ("G", 9), ("M", 6), ("k", 3), ("", 0), ("m", -3), ("u", -6), ("n", -9),
    ]
    private static let binarySuffixes: [(suffix: String, shift: Int)] = [
        ("Ei", 60), ("Pi", 50), ("Ti", 40), ("Gi", 30), ("Mi", 20), ("Ki", 10),
    ]

    /// Nil for a text that is no quantity.
    static func canonical(_ text: String) -> String? {
        var rest = Substring(text)
        var sign = ""
        if let first = rest.first, first == "-" || first == "+" {
            sign = first == "-" ? "-" : ""
            rest = rest.dropFirst()
        }
        let whole = rest.prefix { $0.isASCII && $0.isNumber }
        rest = rest.dropFirst(whole.count)
        var fraction: Substring = ""
        if rest.first == "." {
            rest = rest.dropFirst()
            fraction = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(fraction.count)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        // Leading zeros of the whole part and trailing ones of the fraction mean nothing.
        let digits = String(whole.drop { $0 == "0" }) + fraction
        let unit = String(rest)
        if let binary = binarySuffixes.first(where: { $0.suffix == unit }) {
            return binaryForm(sign, digits, scale: fraction.count, shift: binary.shift, original: text)
        }
        if let decimal = decimalSuffixes.first(where: { $0.suffix == unit }) {
            return decimalForm(sign, digits, exponent: decimal.exponent - fraction.count, scientific: false, text)
        }
        guard let letter = unit.first, letter == "e" || letter == "E", let exponent = Int(unit.dropFirst()),
            abs(exponent) < 1_000
        else { return nil }
        return decimalForm(sign, digits, exponent: exponent - fraction.count, scientific: true, text)
    }

    /// `digits` times ten to the power of `exponent`.
    private static func decimalForm(
        _ sign: String, _ digits: String, exponent: Int, scientific: Bool, _ original: String
    ) -> String? {
        guard digits.utf8.count <= 18, var value = digits.isEmpty ? 0 : Int64(digits) else { return original }
        if value == 0 { return "0" }
        var exponent = exponent
        while value % 10 == 0 {
            value /= 10
            exponent += 1
        }
        // Anything finer than a nano is rounded up to the next one, away from zero.
        while exponent < -9 {
            value = value / 10 + (value % 10 == 0 ? 0 : 1)
            exponent += 1
        }
        while value % 10 == 0 {
            value /= 10
            exponent += 1
        }
        let step = Int((Double(exponent) / 3).rounded(.down)) * 3
        guard step <= 18 || scientific else { return original }
        for _ in 0..<(exponent - step) {
            guard value <= Int64.max / 10 else { return original }
            value *= 10
        }
        if scientific { return step == 0 ? "\(sign)\(value)" : "\(sign)\(value)e\(step)" }
        let suffix = decimalSuffixes.first { $0.exponent == step }?.suffix ?? ""
        return "\(sign)\(value)\(suffix)"
    }

    /// `digits` divided by ten to the power of `scale`, shifted left.
    private static func binaryForm(
        _ sign: String, _ digits: String, scale: Int, shift: Int, original: String
    ) -> String? {
        guard digits.utf8.count <= 18, scale <= 9, let number = digits.isEmpty ? 0 : Int64(digits) else {
            return original
        }
        if number == 0 { return "0" }
        var divisor: Int64 = 1
        for _ in 0..<scale { divisor *= 10 }
        let (high, low) = number.multipliedFullWidth(by: Int64(1) << shift)
        guard high < divisor / 2 || (high == 0 && divisor == 1) else { return original }
        let (quotient, remainder) = divisor.dividingFullWidth((high, low))
        // A fraction of a byte is written in decimal, as upstream does.
        guard remainder == 0 else {
            return decimalForm(sign, String(quotient), exponent: 0, scientific: false, original)
        }
        guard quotient >= 1024 else { return "\(sign)\(quotient)" }
        for (suffix, shift) in binarySuffixes where quotient % (Int64(1) << shift) == 0 {
            return "\(sign)\(quotient >> Int64(shift))\(suffix)"
        }
        return "\(sign)\(quotient)"
    }
}
