public import PrometheusMetrics
import Synchronization

/// Whether a ``LeaderElector`` leads, for metrics and health checks.
public final class Leadership: Sendable {
    private struct State {
        /// When the lease was last renewed; nil: not leading.
        var renewedAt: Duration?
        var gauge: Gauge?
    }

    /// How long after the end of its lease a leader that has not stopped counts as stuck (as upstream's
    /// kube-controller-manager has it).
    public static let tolerance = Duration.seconds(20)

    /// The name of the Lease.
    public let name: String
    private let leaseDuration: Duration
    private let clock: RetryClock
    private let state = Mutex(State())

    init(name: String, leaseDuration: Duration, clock: RetryClock) {
        self.name = name
        self.leaseDuration = leaseDuration
        self.clock = clock
    }

    public var isLeading: Bool { state.withLock { $0.renewedAt != nil } }

    /// What is wrong: a leader neither renews its lease nor stops. Nil: nothing.
    public var problem: String? {
        guard let renewedAt = state.withLock({ $0.renewedAt }),
            clock.now() - renewedAt > leaseDuration + Self.tolerance
        else { return nil }
        return "failed election to renew leadership on lease \(name)"
    }

    /// Shows `leader_election_master_status`.
    public func register(in registry: MetricsRegistry) {
        let gauge = registry.gauge(
            "leader_election_master_status",
            "Gauge of if the reporting system is master of the relevant lease, 0 indicates backup, 1 indicates master. "
                + "'name' is the string used to identify the lease.", labels: ["name"]
        ).with(name)
        state.withLock { state in
            state.gauge = gauge
            gauge.set(state.renewedAt == nil ? 0 : 1)
        }
    }

    /// - Parameter renewedAt: nil: it is not led any more.
    func changed(_ renewedAt: Duration?) {
        state.withLock { state in
            state.renewedAt = renewedAt
            state.gauge?.set(renewedAt == nil ? 0 : 1)
        }
    }
}
