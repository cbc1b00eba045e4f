public import NetworkAddress

/// The metrics of the proxy: kube-proxy v1.36's names, labels and buckets as far as nftables mode has them
/// (pkg/proxy/metrics), and our own, which begin with `viaduct_`.
public struct ProxyMetrics: Sendable {
    public let registry: MetricsRegistry

    // A family is an IP family: `IPv4` or `IPv6`.
    private let syncDuration: HistogramFamily
    private let fullSyncDuration: HistogramFamily
    private let partialSyncDuration: HistogramFamily
    private let networkProgrammingDuration: HistogramFamily
    private let lastSync: GaugeFamily
    private let lastQueued: GaugeFamily
    private let noLocalEndpoints: GaugeFamily
    private let syncFailures: CounterFamily
    private let cleanupFailures: CounterFamily
    private let conntrackDuration: HistogramFamily
    private let conntrackDeleted: CounterFamily
    private let healthz: CounterFamily
    private let livez: CounterFamily
    private let requests: CounterFamily
    private let syncMessages: GaugeFamily
    private let syncBytes: GaugeFamily
    private let messages: CounterFamily
    private let bytes: CounterFamily
    private let objects: CounterFamily
    private let repairs: CounterFamily
    private let rejected: CounterFamily

    public let serviceChangesPending: Gauge
    public let serviceChanges: Counter
    public let endpointChangesPending: Gauge
    public let endpointChanges: Counter

    public init(registry: MetricsRegistry = MetricsRegistry()) {
        self.registry = registry
        let family = ["ip_family"]
        let sync = "kubeproxy_sync_proxy_rules_"
        let seconds = Self.exponentialBuckets(start: 0.001, factor: 2, count: 15)
        syncDuration = registry.histogram(
            sync + "duration_seconds", "SyncProxyRules latency in seconds", labels: family, buckets: seconds)
        fullSyncDuration = registry.histogram(
            "kubeproxy_sync_full_proxy_rules_duration_seconds", "SyncProxyRules latency in seconds for full resyncs",
            labels: family, buckets: seconds)
        partialSyncDuration = registry.histogram(
            "kubeproxy_sync_partial_proxy_rules_duration_seconds",
            "SyncProxyRules latency in seconds for partial resyncs", labels: family, buckets: seconds)
        networkProgrammingDuration = registry.histogram(
            "kubeproxy_network_programming_duration_seconds", "In Cluster Network Programming Latency in seconds",
            labels: family, buckets: Self.networkProgrammingBuckets)
        lastSync = registry.gauge(
            sync + "last_timestamp_seconds", "The last time proxy rules were successfully synced", labels: family)
        lastQueued = registry.gauge(
            sync + "last_queued_timestamp_seconds", "The last time a sync of proxy rules was queued", labels: family)
        noLocalEndpoints = registry.gauge(
            sync + "no_local_endpoints_total", "Number of services with a Local traffic policy and no endpoints",
            labels: family + ["traffic_policy"])
        syncFailures = registry.counter(
            sync + "nftables_sync_failures_total", "Cumulative proxy nftables sync failures", labels: family)
        cleanupFailures = registry.counter(
            sync + "nftables_cleanup_failures_total", "Cumulative proxy nftables cleanup failures", labels: family)
        conntrackDuration = registry.histogram(
            "kubeproxy_conntrack_reconciler_sync_duration_seconds", "ReconcileConntrackFlowsLatency latency in seconds",
            labels: family, buckets: seconds)
        conntrackDeleted = registry.counter(
            "kubeproxy_conntrack_reconciler_deleted_entries_total",
            "Cumulative conntrack flows deleted by conntrack reconciler", labels: family)
        healthz = registry.counter(
            "kubeproxy_proxy_healthz_total", "Cumulative proxy healthz HTTP status", labels: ["code"])
        livez = registry.counter("kubeproxy_proxy_livez_total", "Cumulative proxy livez HTTP status", labels: ["code"])
        serviceChangesPending = registry.gauge(sync + "service_changes_pending", "Pending proxy rules Service changes")
            .with()
        serviceChanges = registry.counter(sync + "service_changes_total", "Cumulative proxy rules Service changes")
            .with()
        endpointChangesPending = registry.gauge(
            sync + "endpoint_changes_pending", "Pending proxy rules Endpoint changes"
        ).with()
        endpointChanges = registry.counter(sync + "endpoint_changes_total", "Cumulative proxy rules Endpoint changes")
            .with()
        requests = registry.counter(
            "rest_client_requests_total", "Number of HTTP requests, partitioned by status code, method, and host.",
            labels: ["code", "host", "method"])
        syncMessages = registry.gauge(
            "viaduct_last_sync_messages", "Netlink messages of the last sync that changed the kernel", labels: family)
        syncBytes = registry.gauge(
            "viaduct_last_sync_bytes", "Bytes of netlink messages of the last sync that changed the kernel",
            labels: family)
        messages = registry.counter("viaduct_sync_messages_total", "Netlink messages sent to the kernel", labels: family)
        bytes = registry.counter("viaduct_sync_bytes_total", "Bytes of netlink messages sent to the kernel", labels: family)
        objects = registry.counter(
            "viaduct_objects_total", "Kernel objects created and deleted", labels: family + ["operation"])
        repairs = registry.counter(
            "viaduct_repairs_total", "Syncs that found the kernel changed by others", labels: family)
        rejected = registry.counter(
            "viaduct_rejected_objects_total", "API objects that were skipped because they are not valid",
            labels: ["kind"])
        registry.gauge("viaduct_build_info", "A metric with the constant value 1 labeled by version", labels: ["version"])
            .with(BuildInformation.version).set(1)
        // Dashboards count on these being there before the first failure.
        for family in IPFamily.allCases {
            _ = syncFailures.with(family.rawValue)
            _ = cleanupFailures.with(family.rawValue)
            _ = repairs.with(family.rawValue)
        }
    }

    static func exponentialBuckets(start: Double, factor: Double, count: Int) -> [Double] {
        var bound = start
        return (0..<count).map { _ in
            defer { bound *= factor }
            return bound
        }
    }

    static func linearBuckets(start: Double, width: Double, count: Int) -> [Double] {
        (0..<count).map { start + width * Double($0) }
    }

    static var networkProgrammingBuckets: [Double] {
        linearBuckets(start: 0.25, width: 0.25, count: 2) + linearBuckets(start: 1, width: 1, count: 59)
            + linearBuckets(start: 60, width: 5, count: 12) + linearBuckets(start: 120, width: 30, count: 7)
    }
}

extension ProxyMetrics {
    /// A sync that was committed. Full: it started from the kernel and not from what was achieved before.
    public func synced(_ family: IPFamily, duration: Duration, full: Bool, at unixTime: Double) {
        syncDuration.with(family.rawValue).observe(duration)
        (full ? fullSyncDuration : partialSyncDuration).with(family.rawValue).observe(duration)
        lastSync.with(family.rawValue).set(unixTime)
    }

    public func queued(_ family: IPFamily, at unixTime: Double) {
        lastQueued.with(family.rawValue).set(unixTime)
    }

    public func syncFailed(_ family: IPFamily) { syncFailures.with(family.rawValue).increment() }
    public func cleanupFailed(_ family: IPFamily) { cleanupFailures.with(family.rawValue).increment() }

    /// From the change of an endpoint to its being in force; once for each changed EndpointSlice.
    public func programmed(_ family: IPFamily, latency: Duration) {
        networkProgrammingDuration.with(family.rawValue).observe(latency)
    }

    /// Services with a Local policy and without a local endpoint.
    public func noLocalEndpoints(_ family: IPFamily, internalPolicy: Int, externalPolicy: Int) {
        noLocalEndpoints.with(family.rawValue, "internal").set(internalPolicy)
        noLocalEndpoints.with(family.rawValue, "external").set(externalPolicy)
    }

    public func conntrackReconciled(_ family: IPFamily, duration: Duration, deleted: Int) {
        conntrackDuration.with(family.rawValue).observe(duration)
        conntrackDeleted.with(family.rawValue).increment(by: Double(deleted))
    }

    /// What a commit sent: messages and bytes, objects created and deleted; repaired: others had changed the kernel.
    public func committed(
        _ family: IPFamily, messages count: Int, bytes size: Int, added: Int, removed: Int, repaired: Bool
    ) {
        let family = family.rawValue
        if count > 0 {
            syncMessages.with(family).set(count)
            syncBytes.with(family).set(size)
            messages.with(family).increment(by: Double(count))
            bytes.with(family).increment(by: Double(size))
            objects.with(family, "create").increment(by: Double(added))
            objects.with(family, "delete").increment(by: Double(removed))
        }
        if repaired { repairs.with(family).increment() }
    }

    /// An API object that was skipped.
    public func rejected(kind: String) { rejected.with(kind).increment() }

    /// A request to the API server; code `<error>` if there was no answer, as client-go has it.
    public func requested(code: String, host: String, method: String) {
        requests.with(code, host, method).increment()
    }

    func healthzAnswered(code: Int) { healthz.with(String(code)).increment() }
    func livezAnswered(code: Int) { livez.with(String(code)).increment() }
}
