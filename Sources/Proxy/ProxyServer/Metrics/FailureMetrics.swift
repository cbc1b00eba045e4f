import Dataplane
import NetworkAddress
import PrometheusMetrics
import ProxyConfiguration

/// Failed syncs and clean-ups by mode: under upstream's names if it has one for the mode, and under our own names for
/// all modes.
struct FailureMetrics: Sendable {
    private let mode: Backend
    private let sync: CounterFamily
    private let cleanup: CounterFamily
    private let upstreamSync: CounterFamily?
    private let upstreamCleanup: CounterFamily?

    init(_ registry: MetricsRegistry, mode: Backend) {
        self.mode = mode
        let family = ["ip_family"]
        sync = registry.counter(
            "viaduct_sync_failures_total", "Syncs that failed and are tried again", labels: family + ["proxy_mode"])
        cleanup = registry.counter(
            "viaduct_cleanup_failures_total", "Syncs that left kernel objects which nobody needs any more",
            labels: family + ["proxy_mode"])
        func upstream(_ counter: Backend.Counter?) -> CounterFamily? {
            counter.map { registry.counter($0.name, $0.help, labels: family) }
        }
        upstreamSync = upstream(mode.failedSyncs)
        upstreamCleanup = upstream(mode.failedCleanups)
        // Alerts count on these being there before the first failure.
        for family in IPFamily.allCases {
            let family = family.rawValue
            _ = sync.with(family, mode.name)
            _ = cleanup.with(family, mode.name)
            _ = upstreamSync?.with(family)
            _ = upstreamCleanup?.with(family)
        }
    }

    func syncFailed(_ family: IPFamily) {
        sync.with(family.rawValue, mode.name).increment()
        upstreamSync?.with(family.rawValue).increment()
    }

    func cleanupFailed(_ family: IPFamily) {
        cleanup.with(family.rawValue, mode.name).increment()
        upstreamCleanup?.with(family.rawValue).increment()
    }
}
