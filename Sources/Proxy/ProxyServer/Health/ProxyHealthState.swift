public import NetworkAddress

/// Whether the proxy keeps up: pure, the time is handed in (kube-proxy's pkg/proxy/healthcheck).
public struct ProxyHealthState: Hashable, Sendable {
    public typealias Instant = ContinuousClock.Instant

    public struct Verdict: Hashable, Sendable {
        public var isHealthy: Bool
        /// The last success: of the family that is late, else the latest of all. Nil before the first.
        public var lastUpdated: Instant?
    }

    /// A queued update that is older makes the proxy unhealthy.
    public let timeout: Duration
    /// False while the node is about to go away, so that load balancers stop sending to it.
    public private(set) var isNodeEligible = true
    private var updated: [IPFamily: Instant] = [:]
    /// When the oldest update that is not in force yet was queued.
    private var queued: [IPFamily: Instant] = [:]

    /// The taint that the cluster autoscaler puts on nodes that it will delete.
    public static let deletionTaint = "ToBeDeletedByClusterAutoscaler"

    public init(timeout: Duration) {
        self.timeout = timeout
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

    /// A family that was never in force is starting up, which is healthy.
    public func verdict(at now: Instant) -> Verdict {
        for (family, lastUpdated) in updated.sorted(by: { $0.key < $1.key }) {
            if let since = queued[family], now - since >= timeout {
                return Verdict(isHealthy: false, lastUpdated: lastUpdated)
            }
        }
        return Verdict(isHealthy: true, lastUpdated: updated.values.max())
    }
}
