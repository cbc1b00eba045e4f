import PrometheusMetrics

/// The metrics of the taint eviction controller, with kube-controller-manager's names.
struct EvictionMetrics: Sendable {
    private let deletions: Counter
    private let duration: Histogram

    init(_ registry: MetricsRegistry) {
        let name = "taint_eviction_controller_"
        deletions =
            registry.counter(
                name + "pod_deletions_total",
                "Total number of Pods deleted by TaintEvictionController since its start."
            ).with()
        duration =
            registry.histogram(
                name + "pod_deletion_duration_seconds",
                "Latency, in seconds, between the time when a taint effect has been activated for the Pod and its "
                    + "deletion via TaintEvictionController.",
                buckets: [0.005, 0.025, 0.1, 0.5, 1, 2.5, 10, 30, 60, 120, 180, 240]
            ).with()
    }

    /// - Parameter wait: since the pod's toleration began to count.
    func deleted(after wait: Duration) {
        deletions.increment()
        duration.observe(wait)
    }
}
