public import Dataplane
public import NetworkAddress
public import PrometheusMetrics
import ProxyConfiguration
import Synchronization

/// The metrics of the proxy: those of kube-proxy v1.36 in nftables mode, with the same names, labels and buckets
/// (pkg/proxy/metrics), and our own, which begin with `viaduct_`.
public struct ProxyMetrics: Sendable {
    /// Families that have been in force.
    private final class Begun: Sendable {
        let families = Mutex<Set<IPFamily>>([])
    }

    public let registry: MetricsRegistry
    private let begun = Begun()
    private let failures: FailureMetrics
    private let sync: SyncMetrics
    private let kernel: KernelMetrics
    private let conntrack: ConntrackMetrics
    private let healthz: CounterFamily
    private let livez: CounterFamily
    private let rejected: CounterFamily
    private let figures: [Figure: GaugeFamily]

    public let serviceChangesPending: Gauge
    public let serviceChanges: Counter
    public let endpointChangesPending: Gauge
    public let endpointChanges: Counter

    /// - Parameters:
    ///   - mode: the mode whose failures and figures are shown.
    ///   - extra: the figures of what works beside it.
    public init(registry: MetricsRegistry = MetricsRegistry(), mode: Backend, extra: [Figure] = []) {
        self.registry = registry
        failures = FailureMetrics(registry, mode: mode)
        sync = SyncMetrics(registry)
        kernel = KernelMetrics(registry)
        conntrack = ConntrackMetrics(registry)
        figures = Dictionary(
            uniqueKeysWithValues: (mode.figures + extra).map {
                ($0, registry.gauge($0.name, $0.help, labels: ["ip_family"]))
            })
        healthz = registry.counter(
            "kubeproxy_proxy_healthz_total", "Cumulative proxy healthz HTTP status", labels: ["code"])
        livez = registry.counter("kubeproxy_proxy_livez_total", "Cumulative proxy livez HTTP status", labels: ["code"])
        rejected = registry.counter(
            "viaduct_rejected_objects_total", "API objects that were skipped because they are not valid",
            labels: ["kind"])
        let changes = "kubeproxy_sync_proxy_rules_"
        serviceChangesPending =
            registry.gauge(changes + "service_changes_pending", "Pending proxy rules Service changes").with()
        serviceChanges =
            registry.counter(changes + "service_changes_total", "Cumulative proxy rules Service changes").with()
        endpointChangesPending =
            registry.gauge(changes + "endpoint_changes_pending", "Pending proxy rules Endpoint changes").with()
        endpointChanges =
            registry.counter(changes + "endpoint_changes_total", "Cumulative proxy rules Endpoint changes").with()
        BuildInformation.register(in: registry)
    }
}

extension ProxyMetrics {
    /// A committed sync. A full one started from the kernel's state instead of the last known state, as the first one
    /// always does.
    public func synced(_ family: IPFamily, duration: Duration, full: Bool, at unixTime: Double) {
        let full = begun.families.withLock { $0.insert(family).inserted } || full
        sync.duration.with(family.rawValue).observe(duration)
        (full ? sync.fullDuration : sync.partialDuration).with(family.rawValue).observe(duration)
        sync.lastTime.with(family.rawValue).set(unixTime)
    }

    public func queued(_ family: IPFamily, at unixTime: Double) {
        sync.lastQueuedTime.with(family.rawValue).set(unixTime)
    }

    public func syncFailed(_ family: IPFamily) { failures.syncFailed(family) }
    public func cleanupFailed(_ family: IPFamily) { failures.cleanupFailed(family) }

    /// The time from the change of an endpoint until it is in force; once for each changed EndpointSlice.
    public func programmed(_ family: IPFamily, latency: Duration) {
        sync.networkProgrammingDuration.with(family.rawValue).observe(latency)
    }

    /// Services with a Local policy and without a local endpoint.
    public func noLocalEndpoints(_ family: IPFamily, internalPolicy: Int, externalPolicy: Int) {
        sync.noLocalEndpoints.with(family.rawValue, "internal").set(internalPolicy)
        sync.noLocalEndpoints.with(family.rawValue, "external").set(externalPolicy)
    }

    public func conntrackReconciled(_ family: IPFamily, duration: Duration, deleted: Int) {
        conntrack.duration.with(family.rawValue).observe(duration)
        conntrack.deleted.with(family.rawValue).increment(by: Double(deleted))
    }

    /// The messages and bytes of a commit, and the objects created and deleted; `repaired` if others had changed the
    /// kernel.
    public func committed(
        _ family: IPFamily, messages count: Int, bytes size: Int, added: Int, removed: Int, repaired: Bool
    ) {
        let family = family.rawValue
        if count > 0 {
            kernel.lastMessages.with(family).set(count)
            kernel.lastBytes.with(family).set(size)
            kernel.messages.with(family).increment(by: Double(count))
            kernel.bytes.with(family).increment(by: Double(size))
            kernel.objects.with(family, "create").increment(by: Double(added))
            kernel.objects.with(family, "delete").increment(by: Double(removed))
        }
        if repaired { kernel.repairs.with(family).increment() }
    }

    /// The backend's own figures.
    public func show(_ figures: [Figure: Int], _ family: IPFamily) {
        for (figure, value) in figures { self.figures[figure]?.with(family.rawValue).set(value) }
    }

    /// An API object that was skipped.
    public func rejected(kind: String) { rejected.with(kind).increment() }

    /// `kubernetes_feature_enabled`: every feature gate of v1.36, whether it is on.
    func show(_ gates: FeatureGates) {
        let family = registry.gauge(
            "kubernetes_feature_enabled",
            "This metric records the data about the stage and enablement of a k8s feature.",
            labels: ["name", "stage"])
        for (name, gate) in FeatureGateFacts.v136 {
            family.with(name, gate.stage.rawValue).set(gates.isOn(name) ? 1 : 0)
        }
    }

    func healthzAnswered(code: Int) { healthz.with(String(code)).increment() }
    func livezAnswered(code: Int) { livez.with(String(code)).increment() }
}
