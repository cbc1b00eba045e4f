import Glibc

/// Where an axis is labelled, and its ends.
struct AxisTicks {
    struct Tick: Hashable {
        var value: Double
        var label: String
    }

    var lower: Double
    var upper: Double
    var ticks: [Tick]

    /// 1, 2 or 5 times a power of ten: the smallest that is not less than `step`.
    static func roundStep(_ step: Double) -> Double {
        let power = ChartNumber.power(ChartNumber.exponent(of: step))
        let mantissa = step / power
        return power * ([1, 2, 5].first { mantissa <= $0 * (1 + 1e-9) } ?? 10)
    }

    /// Multiples of a round step from `lower` to `upper`, about `count` of them. With `extends`, the ends move outwards
    /// to such multiples. `upper` is greater than `lower` by at least a billionth of either.
    static func linear(lower: Double, upper: Double, count: Int, unit: ChartUnit, extends: Bool) -> AxisTicks {
        let step = roundStep(max((upper - lower) / Double(max(count, 1)), 1e-300))
        let slack = extends ? 0.0 : 1e-9
        let first = extends ? (lower / step + 1e-9).rounded(.down) : (lower / step - slack).rounded(.up)
        let last = extends ? (upper / step - 1e-9).rounded(.up) : (upper / step + slack).rounded(.down)
        let values = (0...max(Int(last - first), 0)).map { (first + Double($0)) * step }
        let prefix = unit.prefix(for: max(lower.magnitude, upper.magnitude))
        let decimals = max(0, -ChartNumber.exponent(of: step / prefix.factor))
        let isHuge = max(lower.magnitude, upper.magnitude) / prefix.factor >= 1e9
        let ticks = values.map { value in
            if isHuge { return Tick(value: value, label: unit.format(value, digits: 6)) }
            let text = ChartNumber.trimmed(ChartNumber.fixed(value / prefix.factor, decimals: decimals))
            return Tick(value: value, label: value == 0 ? "0" : text + prefix.suffix)
        }
        return AxisTicks(
            lower: extends ? min(lower, first * step) : lower, upper: extends ? max(upper, last * step) : upper,
            ticks: ticks)
    }

    private static let mostDecades = 12

    /// 1, 2 and 5 in each power of ten; powers of ten alone where that would be more than `count`.
    /// `lower` is greater than zero and `upper` greater than `lower`.
    static func logarithmic(lower: Double, upper: Double, count: Int, unit: ChartUnit, extends: Bool) -> AxisTicks {
        let low = extends ? roundDown(lower) : lower
        let high = extends ? roundStep(upper) : upper
        let decades = ChartNumber.exponent(of: low)...ChartNumber.exponent(of: high)
        let fine = decades.flatMap { decade in [1, 2, 5].map { $0 * ChartNumber.power(decade) } }
        var values = fine.filter { isWithin($0, low, high) }
        if upper / lower < 2.5 || values.count < 3 {
            return linear(lower: lower, upper: upper, count: min(count, 4), unit: unit, extends: extends)
                .positive(lower: lower)
        }
        // Each power of ten has a label: who reads a logarithmic axis counts them. Only a range that no measurement has
        // leaves some out.
        var stride = 1
        while values.count > max(count, stride == 1 ? 2 : mostDecades) {
            values = decades.filter { $0 % stride == 0 }.map(ChartNumber.power).filter { isWithin($0, low, high) }
            stride += 1
        }
        return AxisTicks(
            lower: low, upper: high, ticks: values.map { Tick(value: $0, label: unit.format($0)) })
    }

    /// These values where they are on the axis.
    func replacing(with values: [Double], unit: ChartUnit) -> AxisTicks {
        let span = upper - lower
        let kept = Set(values.filter { $0 >= lower - span * 1e-9 && $0 <= upper + span * 1e-9 }).sorted()
        guard !kept.isEmpty else { return self }
        return AxisTicks(
            lower: lower, upper: upper, ticks: kept.map { Tick(value: $0, label: unit.format($0, digits: 4)) })
    }

    private static func roundDown(_ value: Double) -> Double {
        let power = ChartNumber.power(ChartNumber.exponent(of: value))
        return power * ([5, 2].first { value / power >= $0 * (1 - 1e-9) } ?? 1)
    }

    private static func isWithin(_ value: Double, _ lower: Double, _ upper: Double) -> Bool {
        value >= lower * (1 - 1e-9) && value <= upper * (1 + 1e-9)
    }

    /// Without a tick or end at zero, which extending a narrow range never needs but rounding may bring.
    private func positive(lower fallback: Double) -> AxisTicks {
        AxisTicks(lower: lower > 0 ? lower : fallback, upper: upper, ticks: ticks.filter { $0.value > 0 })
    }
}
