import Glibc

/// Turns the values of an axis into positions.
struct AxisScale {
    private let scale: ChartAxis.Scale
    private let lower: Double
    private let upper: Double
    let ticks: [AxisTicks.Tick]

    /// What lies beyond overflows in differences or has no logarithm worth drawing.
    private static let limit = 1e300

    static func isDrawable(_ value: Double, on scale: ChartAxis.Scale) -> Bool {
        guard value.isFinite, value.magnitude <= limit else { return false }
        return scale == .linear || value >= 1 / limit
    }

    /// - Parameters:
    ///   - values: what must fit; those that cannot be drawn do not count.
    ///   - count: about how many ticks there is room for.
    ///   - extends: whether the axis ends at round values rather than at the first and last value.
    init(axis: ChartAxis, values: [Double], count: Int, extends: Bool) {
        let drawable = values.filter { Self.isDrawable($0, on: axis.scale) }
        let range = Self.range(of: drawable, axis: axis)
        let ends: AxisTicks
        switch axis.scale {
        case .linear:
            ends = .linear(lower: range.lower, upper: range.upper, count: count, unit: axis.unit, extends: extends)
            (lower, upper) = (ends.lower, ends.upper)
        case .log10:
            ends = .logarithmic(lower: range.lower, upper: range.upper, count: count, unit: axis.unit, extends: extends)
            (lower, upper) = (Glibc.log10(ends.lower), Glibc.log10(ends.upper))
        }
        scale = axis.scale
        ticks = axis.ticks.map { ends.replacing(with: $0, unit: axis.unit).ticks } ?? ends.ticks
    }

    /// 0 at the lower end and 1 at the upper one. `value` must be drawable.
    func position(_ value: Double) -> Double {
        let place = scale == .linear ? value : Glibc.log10(value)
        return min(max((place - lower) / (upper - lower), 0), 1)
    }

    /// The ticks of a horizontal axis whose labels touch neither those before them nor the edges of the chart.
    func spacedTicks(at place: (Double) -> Double) -> [(x: Double, label: String)] {
        var taken = -Double.infinity
        return ticks.compactMap { tick in
            let middle = place(tick.value)
            let half = TextMetrics.width(tick.label, size: 12) / 2
            guard middle - half > max(taken + 6, 0), middle + half < ChartFrame.width else { return nil }
            taken = middle + half
            return (middle, tick.label)
        }
    }

    /// A range that is never empty.
    private static func range(of values: [Double], axis: ChartAxis) -> (lower: Double, upper: Double) {
        switch axis.scale {
        case .log10:
            guard let low = values.min(), let high = values.max() else { return (1, 10) }
            return high / low < 1.000_001 ? (low / 2, high * 2) : (low, high)
        case .linear:
            let zero: [Double] = axis.includesZero ? [0] : []
            guard !values.isEmpty, let low = (values + zero).min(), let high = (values + zero).max() else {
                return (0, 1)
            }
            let size = max(low.magnitude, high.magnitude)
            guard size > 1 / limit else { return (0, 1) }
            return high - low > size * 1e-6 ? (low, high) : (low - size / 2, high + size / 2)
        }
    }
}
