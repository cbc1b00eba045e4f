import KubeAPI

/// Sums and comparisons of quantities, in units of a nano, cut off where 128 bits end.
extension Quantity {
    /// Nil for a text that is no quantity.
    package static func value(_ text: String) -> Int128? { (try? Quantity(text))?.scaled(to: -9) }

    package static func isNegative(_ text: String) -> Bool { (try? Quantity(text))?.isNegative ?? false }

    /// Whether an amount has no fraction, as countable resources need.
    package static func isWhole(_ text: String) -> Bool { (try? Quantity(text))?.isWhole ?? false }

    /// The canonical text of a sum, with the kind of suffix that one of its parts has.
    package static func text(_ value: Int128, like part: String) -> String {
        Quantity(value, exponent: -9, format: part.hasSuffix("i") ? .binary : .decimal).description
    }
}
