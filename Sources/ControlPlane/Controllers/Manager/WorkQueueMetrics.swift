import KubeClient
import PrometheusMetrics

/// The metrics of work queues, with client-go's names. All are labelled with the queue's name.
struct WorkQueueMetrics: Sendable {
    /// 1 µs to 1,000 s.
    private static let buckets = MetricBuckets.exponential(start: 1e-6, factor: 10, count: 10)

    private let registry: MetricsRegistry
    private let depth: GaugeFamily
    private let adds: CounterFamily
    private let queueDuration: HistogramFamily
    private let workDuration: HistogramFamily
    private let unfinished: GaugeFamily
    private let longest: GaugeFamily
    private let retries: CounterFamily

    init(_ registry: MetricsRegistry) {
        self.registry = registry
        let name = ["name"]
        depth = registry.gauge("workqueue_depth", "Current depth of workqueue", labels: name)
        adds = registry.counter("workqueue_adds_total", "Total number of adds handled by workqueue", labels: name)
        queueDuration = registry.histogram(
            "workqueue_queue_duration_seconds",
            "How long in seconds an item stays in workqueue before being requested.", labels: name,
            buckets: Self.buckets)
        workDuration = registry.histogram(
            "workqueue_work_duration_seconds", "How long in seconds processing an item from workqueue takes.",
            labels: name, buckets: Self.buckets)
        unfinished = registry.gauge(
            "workqueue_unfinished_work_seconds",
            "How many seconds of work has done that is in progress and hasn't been observed by work_duration. Large "
                + "values indicate stuck threads.", labels: name)
        longest = registry.gauge(
            "workqueue_longest_running_processor_seconds",
            "How many seconds has the longest running processor for workqueue been running.", labels: name)
        retries = registry.counter(
            "workqueue_retries_total", "Total number of retries handled by workqueue", labels: name)
    }

    /// What a queue of this name tells.
    func observer(_ name: String) -> WorkQueueObserver {
        let (adds, retries) = (adds.with(name), retries.with(name))
        let (queueDuration, workDuration) = (queueDuration.with(name), workDuration.with(name))
        return WorkQueueObserver(
            added: { adds.increment() }, taken: { queueDuration.observe($0) }, retried: { retries.increment() },
            worked: { workDuration.observe($0) })
    }

    /// What a queue is asked whenever the metrics are read.
    func watch(_ queue: any MonitoredQueue, _ name: String) {
        let (depth, unfinished, longest) = (depth.with(name), unfinished.with(name), longest.with(name))
        registry.collect {
            let work = queue.unfinishedWork
            depth.set(queue.depth)
            unfinished.set(work.total / .seconds(1))
            longest.set(work.longest / .seconds(1))
        }
    }
}
