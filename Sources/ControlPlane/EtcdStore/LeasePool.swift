/// Leases that can be used again: values written within a while share one, so that there are few of them.
///
/// A lease lasts a little longer than the values are to last, by a twentieth and by a minute at most, as with
/// kube-apiserver; so values may stay that much longer, never less.
struct LeasePool: Sendable {
    struct Lease: Hashable, Sendable {
        var id: Int64
        var ends: ContinuousClock.Instant
        /// How many values it has been used for.
        var uses = 0
    }

    /// Values that one lease ends at once, at most.
    static let mostUses = 1000
    /// Lifetimes that are remembered, at most.
    private static let mostLeases = 64

    /// By the lifetime in seconds.
    private var leases: [Int64: Lease] = [:]

    /// How long a new lease for values of this lifetime is to last, in seconds.
    static func duration(_ lifetime: Int64) -> Int64 {
        let (sum, isOver) = lifetime.addingReportingOverflow(min(lifetime / 20, 60))
        return isOver ? .max : sum
    }

    /// A lease for another value, if there is one that lasts as long as that.
    mutating func take(_ lifetime: Int64, now: ContinuousClock.Instant) -> Int64? {
        guard var lease = leases[lifetime], lease.uses < Self.mostUses, lease.ends >= now + .seconds(lifetime) else {
            return nil
        }
        lease.uses += 1
        leases[lifetime] = lease
        return lease.id
    }

    /// Keeps a lease that was granted and used once.
    mutating func keep(_ id: Int64, for lifetime: Int64, ends: ContinuousClock.Instant, now: ContinuousClock.Instant) {
        if leases.count >= Self.mostLeases { leases = leases.filter { $0.value.ends > now } }
        if leases.count >= Self.mostLeases { leases = [:] }
        leases[lifetime] = Lease(id: id, ends: ends, uses: 1)
    }
}
