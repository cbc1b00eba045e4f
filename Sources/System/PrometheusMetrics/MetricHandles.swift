/// A number that only increases.
public struct Counter: Sendable {
    let cell: MetricCell

    /// - Parameter amount: at least 0; negative amounts are ignored.
    public func increment(by amount: Double = 1) {
        if amount >= 0 { cell.add(amount) }
    }

    public var value: Double { cell.read().value }
}

/// A number that goes up and down.
public struct Gauge: Sendable {
    let cell: MetricCell

    public func set(_ value: Double) { cell.set(value) }
    public func set(_ value: Int) { cell.set(Double(value)) }
    public func add(_ amount: Double) { cell.add(amount) }
    public var value: Double { cell.read().value }
}

/// Observations, counted in buckets.
public struct Histogram: Sendable {
    let cell: MetricCell
    let bounds: [Double]

    public func observe(_ value: Double) { cell.observe(value, bounds: bounds) }

    /// In seconds.
    public func observe(_ duration: Duration) { observe(duration.inSeconds) }

    public var count: UInt64 { cell.read().buckets.reduce(0, +) }
}

/// A counter for each set of label values.
public struct CounterFamily: Sendable {
    let family: MetricFamily

    public func with(_ values: String...) -> Counter { Counter(cell: family.cell(values)) }
    public func increment(by amount: Double = 1) { with().increment(by: amount) }
}

/// A gauge for each set of label values.
public struct GaugeFamily: Sendable {
    let family: MetricFamily

    public func with(_ values: String...) -> Gauge { Gauge(cell: family.cell(values)) }
    public func set(_ value: Double) { with().set(value) }
    public func set(_ value: Int) { with().set(value) }
}

/// A histogram for each set of label values.
public struct HistogramFamily: Sendable {
    let family: MetricFamily

    public func with(_ values: String...) -> Histogram {
        Histogram(cell: family.cell(values), bounds: family.buckets)
    }
}

extension Duration {
    var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }
}
