import PrometheusMetrics

/// Upstream's buckets.
extension MetricBuckets {
    /// 1 ms to 16 s, doubling.
    static let sync = exponential(start: 0.001, factor: 2, count: 15)

    /// 0.25 s to 5 min, ever coarser.
    static let networkProgramming =
        linear(start: 0.25, width: 0.25, count: 2) + linear(start: 1, width: 1, count: 59)
        + linear(start: 60, width: 5, count: 12) + linear(start: 120, width: 30, count: 7)
}
