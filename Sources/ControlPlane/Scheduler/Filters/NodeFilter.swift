/// One rule about where a pod can go. It is made for one pod and asked about each node; what it needs of other nodes is
/// counted when it is made.
protocol NodeFilter: Sendable {
    /// Nil if the rule does not concern the pod.
    init?(_ pod: PodInfo, _ cluster: ClusterState)

    /// Nil if the pod can go there.
    func rejection(of node: NodeInfo) -> Rejection?

    /// Another pod comes to a node, or leaves it: what preemption supposes. The node's own counts are changed already.
    mutating func add(_ pod: PodInfo, to node: NodeInfo, _ cluster: ClusterState)
    mutating func remove(_ pod: PodInfo, from node: NodeInfo, _ cluster: ClusterState)
}

extension NodeFilter {
    mutating func add(_ pod: PodInfo, to node: NodeInfo, _ cluster: ClusterState) {}
    mutating func remove(_ pod: PodInfo, from node: NodeInfo, _ cluster: ClusterState) {}
}

/// All rules for one pod.
struct FilterSet: Sendable {
    /// In the order in which they are asked: the first that rejects is the one that users are told of.
    private static let kinds: [any NodeFilter.Type] = [
        UnschedulableFilter.self, NodeNameFilter.self, TaintFilter.self, NodeAffinityFilter.self,
        HostPortFilter.self, ResourceFilter.self, TopologySpreadFilter.self, PodAffinityFilter.self,
    ]

    private var filters: [any NodeFilter]

    init(_ pod: PodInfo, _ cluster: ClusterState) {
        filters = Self.kinds.compactMap { $0.init(pod, cluster) }
    }

    func rejection(of node: NodeInfo) -> Rejection? {
        for filter in filters {
            if let rejection = filter.rejection(of: node) { return rejection }
        }
        return nil
    }

    mutating func add(_ pod: PodInfo, to node: NodeInfo, _ cluster: ClusterState) {
        for index in filters.indices { filters[index].add(pod, to: node, cluster) }
    }

    mutating func remove(_ pod: PodInfo, from node: NodeInfo, _ cluster: ClusterState) {
        for index in filters.indices { filters[index].remove(pod, from: node, cluster) }
    }
}
