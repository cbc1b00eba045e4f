import NetworkAddress
import PrometheusMetrics

/// Syncs and clean-ups that failed, under the name of the mode that failed: upstream's names where it has one for the
/// mode, and names of ours for all modes.
struct FailureMetrics: Sendable {
    private let mode: ProxyMode
    private let sync: CounterFamily
    private let cleanup: CounterFamily
    private let upstreamSync: CounterFamily?
    private let upstreamCleanup: CounterFamily?

    init(_ registry: MetricsRegistry, mode: ProxyMode) {
        self.mode = mode
        let family = ["ip_family"]
        let name = "kubeproxy_sync_proxy_rules_"
        sync = registry.counter(
            "viaduct_sync_failures_total", "Syncs that failed and are tried again", labels: family + ["proxy_mode"])
        cleanup = registry.counter(
            "viaduct_cleanup_failures_total", "Syncs that left kernel objects which nobody needs any more",
            labels: family + ["proxy_mode"])
        switch mode {
        case .nftables:
            upstreamSync = registry.counter(
                name + "nftables_sync_failures_total", "Cumulative proxy nftables sync failures", labels: family)
            upstreamCleanup = registry.counter(
                name + "nftables_cleanup_failures_total", "Cumulative proxy nftables cleanup failures", labels: family)
        case .iptables:
            upstreamSync = registry.counter(
                name + "iptables_restore_failures_total", "Cumulative proxy iptables restore failures", labels: family)
            upstreamCleanup = nil
        case .ipvs, .userspace:
            upstreamSync = nil
            upstreamCleanup = nil
        }
        // Alerts count on these being there before the first failure.
        for family in IPFamily.allCases {
            let family = family.rawValue
            _ = sync.with(family, mode.rawValue)
            _ = cleanup.with(family, mode.rawValue)
            _ = upstreamSync?.with(family)
            _ = upstreamCleanup?.with(family)
        }
    }

    func syncFailed(_ family: IPFamily) {
        sync.with(family.rawValue, mode.rawValue).increment()
        upstreamSync?.with(family.rawValue).increment()
    }

    func cleanupFailed(_ family: IPFamily) {
        cleanup.with(family.rawValue, mode.rawValue).increment()
        upstreamCleanup?.with(family.rawValue).increment()
    }
}
