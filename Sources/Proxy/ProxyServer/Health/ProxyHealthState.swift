public import NetworkAddress

/// Whether the proxy keeps up. Pure: it gets the time as an argument (kube-proxy's pkg/proxy/healthcheck).
public struct ProxyHealthState: Hashable, Sendable {
    public typealias Instant = ContinuousClock.Instant

    /// One family.
    public struct FamilyStatus: Hashable, Sendable {
        /// The last success; nil before the first.
        public var lastUpdated: Instant?
        /// Whether something was queued for too long.
        public var isLate: Bool
    }

    public struct Verdict: Hashable, Sendable {
        public var families: [IPFamily: FamilyStatus]

        /// Whether nothing is late. A family that was never in force is starting, which is not a fault.
        public var isHealthy: Bool { !families.values.contains(where: \.isLate) }
        /// Whether every family has been in force. Upstream does not check this, so load balancers use a node that has
        /// no rules yet.
        public var isProgrammed: Bool { families.values.allSatisfy { $0.lastUpdated != nil } }
        /// The latest success of all; nil before the first.
        public var lastUpdated: Instant? { families.values.compactMap(\.lastUpdated).max() }
    }

    /// An older queued update makes the proxy unhealthy.
    public let timeout: Duration
    /// The programmed families.
    public let families: Set<IPFamily>
    /// False while the node is about to be removed, so that load balancers stop using it.
    public private(set) var isNodeEligible = true
    private var updated: [IPFamily: Instant] = [:]
    /// When the oldest update that is not in force yet was queued.
    private var queued: [IPFamily: Instant] = [:]

    /// The taint that the cluster autoscaler puts on nodes that it will delete.
    public static let deletionTaint = "ToBeDeletedByClusterAutoscaler"

    public init(timeout: Duration, families: Set<IPFamily>) {
        self.timeout = timeout
        self.families = families
    }

    /// A change for the kernel arrived.
    public mutating func queue(_ family: IPFamily, at instant: Instant) {
        if queued[family] == nil { queued[family] = instant }
    }

    /// The kernel holds everything that was queued.
    public mutating func update(_ family: IPFamily, at instant: Instant) {
        queued[family] = nil
        updated[family] = instant
    }

    public mutating func setNode(isBeingDeleted: Bool, taints: some Sequence<String>) {
        isNodeEligible = !isBeingDeleted && !taints.contains(Self.deletionTaint)
    }

    public func verdict(at now: Instant) -> Verdict {
        var verdict = Verdict(families: [:])
        for family in families {
            let isLate = updated[family] != nil && queued[family].map { now - $0 >= timeout } ?? false
            verdict.families[family] = FamilyStatus(lastUpdated: updated[family], isLate: isLate)
        }
        return verdict
    }
}
