/// An amount of a resource in thousandths (k8s.io/apimachinery resource.Quantity, rounded up): exact for all amounts
/// that schedulers use; saturates beyond about 9 * 10^15 units.
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
        ResourceAmount(milli: left.milli +| right.milli)
    }

    public static func - (left: ResourceAmount, right: ResourceAmount) -> ResourceAmount {
        ResourceAmount(milli: left.milli -| right.milli)
    }

    public static func += (left: inout ResourceAmount, right: ResourceAmount) { left = left + right }

    /// Nil for a text that is not a quantity.
    public init?(_ text: String) {
        guard let quantity = try? Quantity(text) else { return nil }
        milli = quantity.scaled(to: -3)
    }
}

/// Amounts by resource name: `cpu`, `memory`, `pods`, `example.com/gpu`.
public typealias ResourceList = [String: ResourceAmount]
