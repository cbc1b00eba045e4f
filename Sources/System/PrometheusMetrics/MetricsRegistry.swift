import Synchronization

/// What a metric is, as the text format says.
public enum MetricKind: String, Sendable {
    case counter
    case gauge
    case histogram
}

/// Metrics of this process, written in the Prometheus text format 0.0.4.
///
/// Handles (``Counter``, ``Gauge``, ``Histogram``) are looked up once; each use then takes one short lock.
public final class MetricsRegistry: Sendable {
    /// The value of the `Content-Type` header for ``exposition()``.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private struct State {
        var families: [String: MetricFamily] = [:]
        var collectors: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())

    public init() {}

    public func counter(_ name: String, _ help: String, labels: [String] = []) -> CounterFamily {
        CounterFamily(family: family(name, help, .counter, labels, []))
    }

    public func gauge(_ name: String, _ help: String, labels: [String] = []) -> GaugeFamily {
        GaugeFamily(family: family(name, help, .gauge, labels, []))
    }

    /// - Parameter buckets: upper bounds, ascending, without infinity.
    public func histogram(
        _ name: String, _ help: String, labels: [String] = [], buckets: [Double]
    ) -> HistogramFamily {
        HistogramFamily(family: family(name, help, .histogram, labels, buckets))
    }

    /// A family whose samples are read at each exposition, for label values that come and go: in the order of `labels`,
    /// each once.
    public func samples(
        _ name: String, _ help: String, kind: MetricKind, labels: [String],
        _ read: @escaping @Sendable () -> [(labels: [String], value: Double)]
    ) {
        state.withLock { state in
            guard state.families[name] == nil else { return }
            state.families[name] = MetricFamily(
                name: name, help: help, kind: kind, labels: labels, buckets: [], reader: read)
        }
    }

    /// Registers a function that runs before each exposition, to set gauges.
    public func collect(_ collector: @escaping @Sendable () -> Void) {
        state.withLock { $0.collectors.append(collector) }
    }

    /// The family of this name; the first registration decides what it is.
    private func family(
        _ name: String, _ help: String, _ kind: MetricKind, _ labels: [String], _ buckets: [Double]
    ) -> MetricFamily {
        state.withLock { state in
            if let family = state.families[name] { return family }
            let family = MetricFamily(name: name, help: help, kind: kind, labels: labels, buckets: buckets)
            state.families[name] = family
            return family
        }
    }

    /// The names and kinds of all families, with or without samples.
    public var names: [String: MetricKind] { state.withLock { $0.families.mapValues(\.kind) } }

    /// All families that have a sample, sorted by name, each with its samples sorted by label values.
    public func exposition() -> String {
        let (families, collectors) = state.withLock { ($0.families, $0.collectors) }
        for collector in collectors { collector() }
        var text = ""
        for family in families.values.sorted(by: { $0.name < $1.name }) { family.write(to: &text) }
        return text
    }
}
