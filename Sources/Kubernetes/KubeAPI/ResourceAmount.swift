/// An amount of a resource in thousandths (k8s.io/apimachinery resource.Quantity, rounded up): exact for all that
/// schedulers count, saturated beyond some 9 * 10^15 units.
public struct ResourceAmount: Hashable, Comparable, Sendable {
    public var milli: Int64

    public init(milli: Int64) {
        self.milli = milli
    }

    public static let zero = ResourceAmount(milli: 0)

    /// Whole units, rounded up.
    public var units: Int64 { milli > 0 ? (milli - 1) / 1000 + 1 : milli / 1000 }

    public static func < (left: ResourceAmount, right: ResourceAmount) -> Bool { left.milli < right.milli }

    public static func + (left: ResourceAmount, right: ResourceAmount) -> ResourceAmount {
        let (sum, isOver) = left.milli.addingReportingOverflow(right.milli)
        return ResourceAmount(milli: isOver ? (left.milli > 0 ? .max : .min) : sum)
    }

    public static func - (left: ResourceAmount, right: ResourceAmount) -> ResourceAmount {
        let (difference, isOver) = left.milli.subtractingReportingOverflow(right.milli)
        return ResourceAmount(milli: isOver ? (left.milli > 0 ? .max : .min) : difference)
    }

    public static func += (left: inout ResourceAmount, right: ResourceAmount) { left = left + right }

    private static let binary: [String: Double] = [
        "Ki": 0x1p10, "Mi": 0x1p20, "Gi": 0x1p30, "Ti": 0x1p40, "Pi": 0x1p50, "Ei": 0x1p60,
    ]
    private static let decimal: [String: Int] = [
        "n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18,
    ]

    /// Nil for a text that is no quantity.
    public init?(_ text: String) {
        let isNumeric = { (byte: UInt8) in (0x30...0x39).contains(byte) || byte == UInt8(ascii: ".") }
        let signed = text.utf8.first.map { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") } ?? false
        let digits = text.utf8.dropFirst(signed ? 1 : 0).prefix(while: isNumeric)
        let suffix = String(Substring(text.utf8[digits.endIndex...]))
        guard digits.contains(where: { $0 != UInt8(ascii: ".") }), digits.count(where: { $0 == UInt8(ascii: ".") }) <= 1
        else { return nil }
        let sign: Double = text.utf8.first == UInt8(ascii: "-") ? -1 : 1
        let parts = Substring(digits).split(separator: ".", omittingEmptySubsequences: false)
        if parts.count == 1, let whole = Int64(parts[0]), let exponent = Self.decimal[suffix], -3...0 ~= exponent {
            // The usual forms, exactly: 2, 500m.
            let (milli, isOver) = whole.multipliedReportingOverflow(by: exponent == 0 ? 1000 : 1)
            self.milli = isOver ? (sign > 0 ? .max : .min) : Int64(sign) * milli
            return
        }
        guard let number = Double("0" + String(Substring(digits)) + (Substring(digits).hasSuffix(".") ? "0" : "")),
            let scale = Self.scale(suffix)
        else { return nil }
        let milli = number * scale * 1000
        let rounded = milli.rounded(.up)
        self.milli = rounded >= 0x1p63 ? (sign > 0 ? .max : .min) : Int64(sign * rounded)
    }

    private static func scale(_ suffix: String) -> Double? {
        if let binary = binary[suffix] { return binary }
        if let decimal = decimal[suffix] { return power(decimal) }
        guard let letter = suffix.first, letter == "e" || letter == "E", let exponent = Int(suffix.dropFirst()),
            -30...30 ~= exponent
        else { return nil }
        return power(exponent)
    }

    private static func power(_ exponent: Int) -> Double {
        let magnitude = (0..<abs(exponent)).reduce(1.0) { result, _ in result * 10 }
        return exponent < 0 ? 1 / magnitude : magnitude
    }
}

/// Amounts by resource name: `cpu`, `memory`, `pods`, `example.com/gpu`.
public typealias ResourceList = [String: ResourceAmount]
