import KubeAPI

/// Topology spread constraints that must hold (`whenUnsatisfiable: DoNotSchedule`).
struct TopologySpreadFilter: NodeFilter {
    private let pod: PodInfo
    private let constraints: [SpreadConstraint]
    /// For each constraint, the number of pods in each domain.
    private var counts: [[String: Int]]
    private var smallest: [Int]

    init?(_ pod: PodInfo, _ cluster: ClusterState) {
        self.pod = pod
        let constraints = pod.pod.spec.topologySpreadConstraints.filter(\.isRequired)
            .map { SpreadConstraint($0, of: pod.pod) }
        if constraints.isEmpty { return nil }
        self.constraints = constraints
        counts = Array(repeating: [:], count: constraints.count)
        smallest = Array(repeating: 0, count: constraints.count)
        for node in cluster.nodes where constraints.apply(to: node) {
            for (index, constraint) in constraints.enumerated() where constraint.includes(node, for: pod.pod) {
                guard let domain = node.labels[constraint.topologyKey] else { continue }
                counts[index][domain, default: 0] += constraint.count(on: node)
            }
        }
        for index in constraints.indices { findSmallest(index) }
    }

    func rejection(of node: NodeInfo) -> Rejection? {
        for (index, constraint) in constraints.enumerated() {
            guard let domain = node.labels[constraint.topologyKey] else {
                return Rejection(
                    "node(s) didn't match pod topology spread constraints (missing required label)",
                    isResolvable: false, events: [.nodeAdded, .nodeLabels])
            }
            let own = constraint.matches(pod) ? 1 : 0
            if counts[index][domain, default: 0] + own - smallest[index] > constraint.maxSkew {
                return Rejection(
                    "node(s) didn't match pod topology spread constraints", isResolvable: true,
                    events: [
                        .nodeAdded, .nodeRemoved, .nodeLabels, .nodeTaints, .podAssigned, .podRemoved, .podChanged,
                    ])
            }
        }
        return nil
    }

    mutating func add(_ other: PodInfo, to node: NodeInfo, _ cluster: ClusterState) { count(other, node, 1) }
    mutating func remove(_ other: PodInfo, from node: NodeInfo, _ cluster: ClusterState) { count(other, node, -1) }

    private mutating func count(_ other: PodInfo, _ node: NodeInfo, _ change: Int) {
        guard !other.isTerminating, constraints.apply(to: node) else { return }
        for (index, constraint) in constraints.enumerated()
        where constraint.matches(other) && constraint.includes(node, for: pod.pod) {
            guard let domain = node.labels[constraint.topologyKey] else { continue }
            counts[index][domain, default: 0] += change
            findSmallest(index)
        }
    }

    private mutating func findSmallest(_ index: Int) {
        let isShort = counts[index].count < constraints[index].minDomains
        smallest[index] = isShort ? 0 : counts[index].values.min() ?? 0
    }
}
