/// How long nodes may be silent, and how fast pods are taken off them. As kube-controller-manager's flags.
public struct NodeLifecycleConfiguration: Hashable, Sendable {
    /// How often nodes are looked at (`--node-monitor-period`).
    public var monitorPeriod = Duration.seconds(5)
    /// How long a node may be silent (`--node-monitor-grace-period`).
    public var gracePeriod = Duration.seconds(40)
    /// The same for a node that has never said anything (`--node-startup-grace-period`).
    public var startupGracePeriod = Duration.seconds(60)
    /// Nodes a second from whose pods are taken, in each zone (`--node-eviction-rate`).
    public var evictionRate = 0.1
    /// The same in a large zone of which a good part is down (`--secondary-node-eviction-rate`).
    public var secondaryEvictionRate = 0.01
    /// The part of a zone's nodes, 0...1, from which on it is down in part (`--unhealthy-zone-threshold`).
    public var unhealthyZoneThreshold = 0.55
    /// Zones of more nodes than this are large (`--large-cluster-size-threshold`); from smaller ones that are down in
    /// part no pods are taken.
    public var largeZoneSize = 50

    public init() {}
}
