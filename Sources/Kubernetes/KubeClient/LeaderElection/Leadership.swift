import Synchronization

/// Whether a ``LeaderElector`` leads, for metrics and health checks.
public final class Leadership: Sendable {
    /// A leader that has not stopped counts as stuck this long after the end of its lease (as in upstream's
    /// kube-controller-manager).
    public static let tolerance = Duration.seconds(20)

    /// The name of the Lease.
    public let name: String
    private let leaseDuration: Duration
    private let clock: RetryClock
    /// When the lease was last renewed; nil: not leading.
    private let state = Mutex<Duration?>(nil)

    init(name: String, leaseDuration: Duration, clock: RetryClock) {
        self.name = name
        self.leaseDuration = leaseDuration
        self.clock = clock
    }

    public var isLeading: Bool { state.withLock { $0 != nil } }

    /// The problem, if a leader neither renews its lease nor stops; else nil.
    public var problem: String? {
        guard let renewedAt = state.withLock({ $0 }),
            clock.now() - renewedAt > leaseDuration + Self.tolerance
        else { return nil }
        return "failed election to renew leadership on lease \(name)"
    }

    /// - Parameter renewedAt: nil: it is not led any more.
    func changed(_ renewedAt: Duration?) {
        state.withLock { $0 = renewedAt }
    }
}
