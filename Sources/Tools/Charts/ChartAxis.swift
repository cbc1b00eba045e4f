/// One axis of a chart: what it shows and how values become positions.
public struct ChartAxis: Codable, Sendable, Hashable {
    public enum Scale: String, Codable, Sendable, Hashable {
        case linear
        /// Powers of ten. Values that are zero or negative have no place on it; the chart leaves them out and says so.
        case log10
    }

    /// What is measured, such as `new connection, p50`. May be empty.
    public var label: String
    public var unit: ChartUnit
    public var scale: Scale
    /// Where the axis is labelled, in the base unit; nil chooses round values. Those outside the range of the data or
    /// too close to the one before are left out.
    public var ticks: [Double]?
    /// Whether a linear axis always shows zero. Without it differences look larger than they are.
    public var includesZero: Bool

    public init(
        label: String, unit: ChartUnit, scale: Scale = .linear, ticks: [Double]? = nil, includesZero: Bool = true
    ) {
        self.label = label
        self.unit = unit
        self.scale = scale
        self.ticks = ticks
        self.includesZero = includesZero
    }
}
