import KubeAPI

/// What happened in the cluster that may let a pod be scheduled which could not be before.
struct ClusterEvent: OptionSet, Hashable, Sendable {
    let rawValue: UInt16

    static let nodeAdded = ClusterEvent(rawValue: 1 << 0)
    static let nodeAllocatable = ClusterEvent(rawValue: 1 << 1)
    static let nodeLabels = ClusterEvent(rawValue: 1 << 2)
    /// Its taints, or whether it takes new pods.
    static let nodeTaints = ClusterEvent(rawValue: 1 << 3)
    static let nodeRemoved = ClusterEvent(rawValue: 1 << 4)
    static let podAssigned = ClusterEvent(rawValue: 1 << 5)
    /// A pod left its node.
    static let podRemoved = ClusterEvent(rawValue: 1 << 6)
    /// Labels of a pod on a node, or that it is going: it does not count for spreading any more.
    static let podChanged = ClusterEvent(rawValue: 1 << 7)
    static let namespaceLabels = ClusterEvent(rawValue: 1 << 8)
    static let all = ClusterEvent(rawValue: .max)

    /// What a change of a node may help.
    init(_ old: Node?, _ new: Node?) {
        guard let new else {
            self = .nodeRemoved
            return
        }
        guard let old else {
            self = .nodeAdded
            return
        }
        self = []
        if old.allocatable != new.allocatable { insert(.nodeAllocatable) }
        if old.metadata.labels != new.metadata.labels { insert(.nodeLabels) }
        if old.taints != new.taints || old.isUnschedulable != new.isUnschedulable { insert(.nodeTaints) }
    }

    init(rawValue: UInt16) { self.rawValue = rawValue }
}
