import NetworkAddress
import PrometheusMetrics
import ProxyConfiguration

/// Messages to the kernel, by IP family.
struct KernelMetrics: Sendable {
    let lastMessages: GaugeFamily
    let lastBytes: GaugeFamily
    let messages: CounterFamily
    let bytes: CounterFamily
    let objects: CounterFamily
    let repairs: CounterFamily

    init(_ registry: MetricsRegistry) {
        let family = ["ip_family"]
        lastMessages = registry.gauge(
            "viaduct_last_sync_messages", "Netlink messages of the last sync that changed the kernel", labels: family)
        lastBytes = registry.gauge(
            "viaduct_last_sync_bytes", "Bytes of netlink messages of the last sync that changed the kernel",
            labels: family)
        messages = registry.counter(
            "viaduct_sync_messages_total", "Netlink messages sent to the kernel", labels: family)
        bytes = registry.counter(
            "viaduct_sync_bytes_total", "Bytes of netlink messages sent to the kernel", labels: family)
        objects = registry.counter(
            "viaduct_objects_total", "Kernel objects created and deleted", labels: family + ["operation"])
        repairs = registry.counter(
            "viaduct_repairs_total", "Syncs that found the kernel changed by others", labels: family)
        for family in IPFamily.allCases { _ = repairs.with(family.rawValue) }
    }
}

/// Removal of stale conntrack entries, by IP family.
struct ConntrackMetrics: Sendable {
    let duration: HistogramFamily
    let deleted: CounterFamily

    init(_ registry: MetricsRegistry) {
        duration = registry.histogram(
            "kubeproxy_conntrack_reconciler_sync_duration_seconds", "ReconcileConntrackFlowsLatency latency in seconds",
            labels: ["ip_family"], buckets: MetricBuckets.sync)
        deleted = registry.counter(
            "kubeproxy_conntrack_reconciler_deleted_entries_total",
            "Cumulative conntrack flows deleted by conntrack reconciler", labels: ["ip_family"])
    }
}
