public import NetworkAddress

/// Whether the proxy keeps up: pure, the time is handed in (kube-proxy's pkg/proxy/healthcheck).
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

        /// Whether nothing is late. A family that was never in force is starting up, which is no fault.
        public var isHealthy: Bool { !families.values.contains(where: \.isLate) }
        /// Whether every family has been in force. Upstream's health does not ask, and sends load balancers to a node
        /// that has no rules yet.
        public var isProgrammed: Bool { families.values.allSatisfy { $0.lastUpdated != nil } }
        /// The latest success of all; nil before the first.
        public var lastUpdated: Instant? { families.values.compactMap(\.lastUpdated).max() }
    }

    /// A queued update that is older makes the proxy unhealthy.
    public let timeout: Duration
    /// Those that are programmed.
    public let families: Set<IPFamily>
    /// False while the node is about to go away, so that load balancers stop sending to it.
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

    /// A change arrived that has to get into the kernel.
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
