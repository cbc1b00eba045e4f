/// An amount such as `1500m`, `8Gi` or `2e3` (k8s.io/apimachinery/pkg/api/resource Quantity), exact at any size: it is
/// kept as decimal digits, so users' values cannot overflow.
///
/// As upstream, amounts finer than a nano are rounded up, away from zero; with a binary suffix, the maximum is 2^63 -
/// 1.
public struct Quantity: Hashable, Sendable {
    /// What kind of suffix the amount is written with.
    public enum Format: Hashable, Sendable {
        /// 12M
        case decimal
        /// 12Mi
        case binary
        /// 12e6
        case exponent
    }

    /// Why a text is not a quantity, in upstream's words.
    public enum Problem: String, Error, Sendable, CustomStringConvertible {
        case format =
            "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
        case suffix = "unable to parse quantity's suffix"

        public var description: String { rawValue }
    }

    public private(set) var isNegative = false
    /// The most significant first, without zeros at either end; none for zero.
    private(set) var digits: [UInt8] = []
    /// The amount is ``digits`` times ten to this power.
    private(set) var exponent = 0
    public private(set) var format = Format.decimal
    /// The text it was read from, where upstream gives that back.
    private(set) var original: String?

    private static let nano = -9
    public static let zero = Quantity()

    private init() {}

    /// - Parameter units: the number of units of ten to the power of `exponent`.
    public init(_ units: Int128, exponent: Int = 0, format: Format = .decimal) {
        isNegative = units < 0
        digits = String(units.magnitude).utf8.map { $0 - UInt8(ascii: "0") }
        self.exponent = exponent
        self.format = format
        normalize()
    }

    /// Reads a text.
    /// - Throws: ``Problem``. A text without a digit is an error; upstream takes it for zero.
    public init(_ text: String) throws(Problem) {
        let parts = try QuantityText(text)
        format = parts.unit.format
        isNegative = parts.isNegative
        digits = parts.number
        exponent = -parts.fraction
        switch parts.unit {
        case .power(ofTen: let power, _): exponent += power
        case .kilo(let power): for _ in 0..<power { multiply(by: 1024) }
        }
        normalize()
        roundUp(to: Self.nano)
        if format == .binary, isAbove(Self.most) { (digits, exponent) = (Self.most, 0) }
        original = parts.isKept ? text : nil
    }

    public var isZero: Bool { digits.isEmpty }

    /// Whether there is no fraction.
    public var isWhole: Bool { exponent >= 0 }

    private mutating func normalize() {
        let leading = digits.prefix { $0 == 0 }.count
        digits.removeFirst(leading)
        while digits.last == 0 {
            digits.removeLast()
            exponent += 1
        }
        if digits.isEmpty { (exponent, isNegative) = (0, false) }
    }

    private mutating func multiply(by factor: Int) {
        var carry = 0
        for place in digits.indices.reversed() {
            carry += Int(digits[place]) * factor
            digits[place] = UInt8(carry % 10)
            carry /= 10
        }
        digits.insert(contentsOf: String(carry).utf8.map { $0 - UInt8(ascii: "0") }, at: 0)
    }

    private mutating func roundUp(to scale: Int) {
        guard exponent < scale else { return }
        original = nil
        let kept = digits.count - (scale - exponent)
        exponent = scale
        guard kept > 0 else {
            digits = [1]
            return
        }
        digits.removeLast(digits.count - kept)
        var place = digits.count - 1
        while place >= 0, digits[place] == 9 {
            digits[place] = 0
            place -= 1
        }
        if place < 0 { digits.insert(1, at: 0) } else { digits[place] += 1 }
        normalize()
    }

    /// Rounded up, away from zero, to a multiple of ten to this power.
    public func roundedUp(to scale: Int) -> Quantity {
        var copy = self
        copy.roundUp(to: scale)
        return copy
    }

    /// 2^63 - 1
    private static let most = Quantity(Int128(Int64.max)).digits

    /// Whether the amount, without its sign, is above a whole number.
    private func isAbove(_ whole: [UInt8]) -> Bool {
        let count = digits.count + exponent
        if count != whole.count { return count > whole.count }
        return whole.lexicographicallyPrecedes(digits)
    }

    /// The amount in units of ten to the power of `scale`, rounded up, away from zero, and clamped to the type's
    /// limits.
    public func scaled<Integer: FixedWidthInteger & SignedInteger>(
        to scale: Int, as type: Integer.Type = Integer.self
    ) -> Integer {
        let rounded = roundedUp(to: scale)
        var value: Integer = 0
        let zeros = rounded.digits.isEmpty ? 0 : rounded.exponent - scale
        guard zeros <= Integer.bitWidth else { return isNegative ? .min : .max }
        for digit in rounded.digits + Array(repeating: 0, count: zeros) {
            let (tenfold, isOver) = value.multipliedReportingOverflow(by: 10)
            let (next, isBeyond) = tenfold.subtractingReportingOverflow(Integer(digit))
            // Counted below zero, where there is room for one more.
            if isOver || isBeyond { return isNegative ? .min : .max }
            value = next
        }
        if isNegative { return value }
        let (positive, isOver) = Integer(0).subtractingReportingOverflow(value)
        return isOver ? .max : positive
    }
}

extension Quantity: Comparable {
    public static func < (left: Quantity, right: Quantity) -> Bool { left.order(to: right) < 0 }
    public static func == (left: Quantity, right: Quantity) -> Bool { left.order(to: right) == 0 }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(isNegative)
        hasher.combine(digits)
        hasher.combine(exponent)
    }

    private func order(to other: Quantity) -> Int {
        if isNegative != other.isNegative { return isNegative ? -1 : 1 }
        let order = magnitudeOrder(to: other)
        return isNegative ? -order : order
    }

    private func magnitudeOrder(to other: Quantity) -> Int {
        if digits.isEmpty || other.digits.isEmpty { return digits.count - other.digits.count }
        let (count, otherCount) = (digits.count + exponent, other.digits.count + other.exponent)
        if count != otherCount { return count - otherCount }
        if digits == other.digits { return 0 }
        return digits.lexicographicallyPrecedes(other.digits) ? -1 : 1
    }
}
