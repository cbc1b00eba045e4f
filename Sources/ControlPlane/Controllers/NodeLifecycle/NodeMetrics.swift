import PrometheusMetrics
import Synchronization

/// The metrics of the node lifecycle controller, with kube-controller-manager's names. The label is the zone, `REGION/ZONE`.
final class NodeMetrics: Sendable {
    private let health: GaugeFamily
    private let size: GaugeFamily
    private let unhealthy: GaugeFamily
    private let evictions: CounterFamily
    private let round: Histogram
    /// Zones that were told of.
    private let known = Mutex<Set<String>>([])

    init(_ registry: MetricsRegistry) {
        let zone = ["zone"]
        health = registry.gauge(
            "node_collector_zone_health", "Gauge measuring percentage of healthy nodes per zone.", labels: zone)
        size = registry.gauge(
            "node_collector_zone_size", "Gauge measuring number of registered Nodes per zones.", labels: zone)
        unhealthy = registry.gauge(
            "node_collector_unhealthy_nodes_in_zone", "Gauge measuring number of not Ready Nodes per zones.",
            labels: zone)
        evictions = registry.counter(
            "node_collector_evictions_total",
            "Number of Node evictions that happened since current instance of NodeController started.", labels: zone)
        round =
            registry.histogram(
                "node_collector_update_all_nodes_health_duration_seconds",
                "Duration in seconds for NodeController to update the health of all nodes.",
                buckets: MetricBuckets.exponential(start: 0.01, factor: 4, count: 8)
            ).with()
    }

    func looked(_ plan: NodeMonitor.Plan) {
        for (zone, nodes) in plan.zones {
            let count = nodes.ready + nodes.notReady
            size.with(zone).set(count)
            unhealthy.with(zone).set(nodes.notReady)
            health.with(zone).set(Double(100 * nodes.ready) / Double(max(count, 1)))
        }
        let gone = known.withLock { known in
            defer { known = Set(plan.zones.keys) }
            return known.subtracting(plan.zones.keys)
        }
        for zone in gone {
            size.with(zone).set(0)
            unhealthy.with(zone).set(0)
            health.with(zone).set(100)
        }
        for zone in plan.evictions { evictions.with(zone).increment() }
    }

    func finishedRound(_ duration: Duration) { round.observe(duration) }
}
