import NetworkAddress
import PrometheusMetrics

/// Syncs of one IP family: duration, time, failures. Labelled `ip_family`: `IPv4` or `IPv6`.
struct SyncMetrics: Sendable {
    let duration: HistogramFamily
    let fullDuration: HistogramFamily
    let partialDuration: HistogramFamily
    let networkProgrammingDuration: HistogramFamily
    let lastTime: GaugeFamily
    let lastQueuedTime: GaugeFamily
    let noLocalEndpoints: GaugeFamily

    init(_ registry: MetricsRegistry) {
        let family = ["ip_family"]
        let name = "kubeproxy_sync_proxy_rules_"
        duration = registry.histogram(
            name + "duration_seconds", "SyncProxyRules latency in seconds", labels: family,
            buckets: MetricBuckets.sync)
        fullDuration = registry.histogram(
            "kubeproxy_sync_full_proxy_rules_duration_seconds", "SyncProxyRules latency in seconds for full resyncs",
            labels: family, buckets: MetricBuckets.sync)
        partialDuration = registry.histogram(
            "kubeproxy_sync_partial_proxy_rules_duration_seconds",
            "SyncProxyRules latency in seconds for partial resyncs", labels: family, buckets: MetricBuckets.sync)
        networkProgrammingDuration = registry.histogram(
            "kubeproxy_network_programming_duration_seconds", "In Cluster Network Programming Latency in seconds",
            labels: family, buckets: MetricBuckets.networkProgramming)
        lastTime = registry.gauge(
            name + "last_timestamp_seconds", "The last time proxy rules were successfully synced", labels: family)
        lastQueuedTime = registry.gauge(
            name + "last_queued_timestamp_seconds", "The last time a sync of proxy rules was queued", labels: family)
        noLocalEndpoints = registry.gauge(
            name + "no_local_endpoints_total", "Number of services with a Local traffic policy and no endpoints",
            labels: family + ["traffic_policy"])
    }
}
