import KubeAPI
import PrometheusMetrics
import Synchronization

/// The metrics of the EndpointSlice controller, with kube-controller-manager's names.
final class EndpointSliceMetrics: Sendable {
    enum Result: String, Sendable {
        case success
        /// The cache was older than what had been written.
        case stale
        case error
    }

    /// What one Service adds to the totals.
    private struct Share: Equatable {
        var endpoints = 0
        var slices = 0
        var idealSlices = 0
        var distribution = ""
    }

    private struct State {
        var shares: [ObjectKey: Share] = [:]
        var total = Share()
        var byDistribution: [String: Int] = [:]
    }

    private let endpointsAdded: Histogram
    private let endpointsRemoved: Histogram
    private let slicesChanged: HistogramFamily
    private let changes: CounterFamily
    private let syncs: CounterFamily
    private let endpoints: GaugeFamily
    private let slices: GaugeFamily
    private let idealSlices: GaugeFamily
    private let byDistribution: GaugeFamily
    private let state = Mutex(State())

    init(_ registry: MetricsRegistry) {
        let name = "endpoint_slice_controller_"
        let counts = MetricBuckets.exponential(start: 2, factor: 2, count: 15)
        endpointsAdded =
            registry.histogram(
                name + "endpoints_added_per_sync", "Number of endpoints added on each Service sync", buckets: counts
            ).with()
        endpointsRemoved =
            registry.histogram(
                name + "endpoints_removed_per_sync", "Number of endpoints removed on each Service sync",
                buckets: counts
            ).with()
        slicesChanged = registry.histogram(
            name + "endpointslices_changed_per_sync", "Number of EndpointSlices changed on each Service sync",
            labels: ["topology", "traffic_distribution"],
            buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10])
        changes = registry.counter(name + "changes", "Number of EndpointSlice changes", labels: ["operation"])
        syncs = registry.counter(name + "syncs", "Number of EndpointSlice syncs", labels: ["result"])
        endpoints = registry.gauge(name + "endpoints_desired", "Number of endpoints desired")
        slices = registry.gauge(name + "num_endpoint_slices", "Number of EndpointSlices")
        idealSlices = registry.gauge(
            name + "desired_endpoint_slices",
            "Number of EndpointSlices that would exist with perfect endpoint allocation")
        byDistribution = registry.gauge(
            name + "services_count_by_traffic_distribution",
            "Number of Services using some specific trafficDistribution", labels: ["traffic_distribution"])
    }

    func synced(_ result: Result) { syncs.with(result.rawValue).increment() }

    /// A plan was carried out.
    /// - Parameter slices: those that were there before.
    func wrote(_ plan: EndpointSlicePlan, over slices: [ManagedEndpointSlice], for service: ManagedService) {
        let delta = plan.endpointDelta(from: slices)
        endpointsAdded.observe(Double(delta.added))
        endpointsRemoved.observe(Double(delta.removed))
        let counts = ["create": plan.creations, "update": plan.updates, "delete": plan.deletions].mapValues(\.count)
        for (operation, count) in counts where count > 0 { changes.with(operation).increment(by: Double(count)) }
        // The older way to hints, an annotation, is not followed.
        slicesChanged.with("Disabled", service.trafficDistribution)
            .observe(Double(counts.values.reduce(0, +)))
        set(
            Share(
                endpoints: plan.endpointCount, slices: slices.count + plan.creations.count - plan.deletions.count,
                idealSlices: plan.idealSliceCount, distribution: Self.label(service.trafficDistribution)),
            service.metadata.key)
    }

    func forget(_ service: ObjectKey) { set(nil, service) }

    /// For a new beginning.
    func forgetAll() {
        state.withLock { state in
            let distributions = state.byDistribution.mapValues { _ in 0 }
            state = State(byDistribution: distributions)
            show(state)
        }
    }

    private func set(_ share: Share?, _ service: ObjectKey) {
        state.withLock { state in
            let old = state.shares[service]
            guard old != share else { return }
            state.shares[service] = share
            for (share, sign) in [(old, -1), (share, 1)] {
                guard let share else { continue }
                state.total.endpoints += sign * share.endpoints
                state.total.slices += sign * share.slices
                state.total.idealSlices += sign * share.idealSlices
                if !share.distribution.isEmpty { state.byDistribution[share.distribution, default: 0] += sign }
            }
            show(state)
        }
    }

    private func show(_ state: borrowing State) {
        endpoints.set(state.total.endpoints)
        slices.set(state.total.slices)
        idealSlices.set(state.total.idealSlices)
        for (distribution, count) in state.byDistribution { byDistribution.with(distribution).set(count) }
    }

    /// Few values, whatever users write.
    private static func label(_ distribution: String) -> String {
        ["", "PreferClose", "PreferSameZone", "PreferSameNode"].contains(distribution)
            ? distribution : "ImplementationSpecific"
    }
}

extension EndpointSlicePlan {
    /// How many endpoints come into the slices and how many go.
    func endpointDelta(from slices: [ManagedEndpointSlice]) -> (added: Int, removed: Int) {
        guard !isEmpty else { return (0, 0) }
        let touched = Set((updates + deletions).map(\.metadata.name))
        let before = Set(slices.filter { touched.contains($0.metadata.name) }.flatMap { $0.endpoints.map(\.identity) })
        let after = Set((creations + updates).flatMap { $0.endpoints.map(\.identity) })
        return (after.subtracting(before).count, before.subtracting(after).count)
    }
}
