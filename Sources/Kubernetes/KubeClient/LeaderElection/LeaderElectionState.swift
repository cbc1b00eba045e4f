import KubeAPI

/// Decides what a candidate for leadership does next. Pure: it gets the time as an argument.
///
/// A candidate measures a lease by its own clock, from when it last saw the lease change: clocks of hosts may differ.
/// (The rules of client-go's leaderelection.)
struct LeaderElectionState: Sendable {
    enum Step: Hashable, Sendable {
        case create(Lease)
        case update(Lease)
        /// Another candidate holds the lease.
        case wait
    }

    let identity: String
    let timing: LeaderElector.Timing
    private var observed: Lease?
    private var observedAt = Duration.zero
    /// When the lease was last acquired or renewed; nil: not leading.
    private(set) var renewedAt: Duration?

    init(identity: String, timing: LeaderElector.Timing) {
        self.identity = identity
        self.timing = timing
    }

    var isLeading: Bool { renewedAt != nil }

    /// Whether the leader could not renew for so long that others may take over soon.
    func mustStop(at now: Duration) -> Bool {
        guard let renewedAt else { return false }
        return now - renewedAt >= timing.renewDeadline
    }

    /// What to do about the lease as it was just read; nil: there is none.
    mutating func step(_ lease: Lease?, key: ObjectKey, at now: Duration, time: String) -> Step {
        guard let lease else {
            var new = Lease(metadata: ObjectMeta(name: key.name, namespace: key.namespace))
            claim(&new, time)
            new.acquireTime = time
            return .create(new)
        }
        if lease != observed {
            observed = lease
            observedAt = now
        }
        let isMine = lease.holder == identity
        let isHeld = !lease.holder.isEmpty && observedAt + .seconds(Int64(max(lease.duration, 1))) > now
        guard isMine || !isHeld else { return .wait }
        var new = lease
        claim(&new, time)
        if !isMine {
            new.acquireTime = time
            new.transitions = new.transitions +| 1
        }
        return .update(new)
    }

    /// The lease to write to give up leadership at once; nil if it is not held.
    func released(time: String) -> Lease? {
        guard isLeading, var lease = observed, lease.holder == identity else { return nil }
        lease.holder = ""
        lease.duration = 1
        lease.renewTime = time
        lease.acquireTime = time
        return lease
    }

    mutating func written(_ lease: Lease, at now: Duration) {
        observed = lease
        observedAt = now
        renewedAt = now
    }

    mutating func lost() { renewedAt = nil }

    private func claim(_ lease: inout Lease, _ time: String) {
        lease.holder = identity
        lease.duration = Int32(clamping: timing.leaseDuration.components.seconds)
        lease.renewTime = time
    }
}
