import KubeAPI
import PrometheusMetrics

/// The metrics of the scheduler, with kube-scheduler's names.
struct SchedulerMetrics: Sendable {
    enum Result: String, Sendable {
        case scheduled
        case unschedulable
        case error
    }

    private let profile: String
    private let attempts: CounterFamily
    private let attemptDuration: HistogramFamily
    private let algorithmDuration: Histogram
    private let pendingPods: GaugeFamily
    private let cacheSize: GaugeFamily
    private let preemptions: Counter
    private let victims: Histogram
    private let podAttempts: Histogram
    private let podDuration: HistogramFamily

    /// - Parameter profile: the scheduler's name.
    init(_ registry: MetricsRegistry, profile: String) {
        self.profile = profile
        let labels = ["result", "profile"]
        let durations = MetricBuckets.exponential(start: 0.001, factor: 2, count: 15)
        attempts = registry.counter(
            "scheduler_schedule_attempts_total",
            "Number of attempts to schedule pods, by the result. 'unschedulable' means a pod could not be scheduled, "
                + "while 'error' means an internal scheduler problem.", labels: labels)
        attemptDuration = registry.histogram(
            "scheduler_scheduling_attempt_duration_seconds",
            "Scheduling attempt latency in seconds (scheduling algorithm + binding)", labels: labels,
            buckets: durations)
        algorithmDuration =
            registry.histogram(
                "scheduler_scheduling_algorithm_duration_seconds", "Scheduling algorithm latency in seconds",
                buckets: durations
            ).with()
        pendingPods = registry.gauge(
            "scheduler_pending_pods",
            "Number of pending pods, by the queue type: active, backoff, unschedulable, gated.", labels: ["queue"])
        cacheSize = registry.gauge(
            "scheduler_scheduler_cache_size",
            "Number of nodes, pods, and assumed (bound) pods in the scheduler cache.", labels: ["type"])
        preemptions =
            registry.counter(
                "scheduler_preemption_attempts_total", "Total preemption attempts in the cluster till now"
            ).with()
        victims =
            registry.histogram(
                "scheduler_preemption_victims", "Number of selected preemption victims",
                buckets: MetricBuckets.exponential(start: 1, factor: 2, count: 7)
            ).with()
        podAttempts =
            registry.histogram(
                "scheduler_pod_scheduling_attempts", "Number of attempts to successfully schedule a pod.",
                buckets: MetricBuckets.exponential(start: 1, factor: 2, count: 5)
            ).with()
        podDuration = registry.histogram(
            "scheduler_pod_scheduling_sli_duration_seconds",
            "E2e latency for a pod being scheduled, from the time the pod enters the scheduling queue and might "
                + "involve multiple scheduling attempts.", labels: ["attempts"],
            buckets: MetricBuckets.exponential(start: 0.01, factor: 2, count: 20))
    }

    func decided(_ decision: SchedulingDecision, in duration: Duration) {
        algorithmDuration.observe(duration)
        guard case .fail(_, let failure) = decision else { return }
        attempted(.unschedulable, in: duration)
        if failure.soughtVictims { preemptions.increment() }
        if let found = failure.victims { victims.observe(Double(found.pods.count)) }
    }

    func attempted(_ result: Result, in duration: Duration) {
        attempts.with(result.rawValue, profile).increment()
        attemptDuration.with(result.rawValue, profile).observe(duration)
    }

    /// A pod has its node.
    /// - Parameter failures: how often none was found before.
    func scheduled(after failures: Int, in duration: Duration) {
        podAttempts.observe(Double(failures + 1))
        podDuration.with(failures < 15 ? String(failures + 1) : "15+").observe(duration)
    }

    /// To be set whenever the metrics are read.
    func show(_ state: borrowing SchedulerState) {
        let counts = state.queue.counts
        pendingPods.with("active").set(counts.active)
        pendingPods.with("backoff").set(counts.backoff)
        pendingPods.with("unschedulable").set(counts.unschedulable)
        pendingPods.with("gated").set(counts.gated)
        cacheSize.with("nodes").set(state.cluster.nodes.count)
        cacheSize.with("pods").set(state.cluster.placed.count)
        cacheSize.with("assumed_pods").set(state.assumedCount)
    }
}
