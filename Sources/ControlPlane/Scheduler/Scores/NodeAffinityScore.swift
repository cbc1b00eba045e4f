import KubeAPI

/// Nodes that the pod prefers by its node affinity.
struct NodeAffinityScore: NodeScore {
    static let weight: Int64 = 2

    private let preferred: [Affinity.WeightedNodes]

    init?(_ pod: PodInfo, _ cluster: ClusterState, feasible: [NodeInfo]) {
        preferred = pod.pod.spec.affinity.preferredNodes
        if preferred.isEmpty { return nil }
    }

    func score(_ node: NodeInfo) -> Int64 {
        preferred.reduce(0) { $1.term.matches(node.node) ? $0 + Int64($1.weight) : $0 }
    }

    func normalize(_ scores: inout [Int64], of nodes: [NodeInfo]) { Self.stretch(&scores) }
}
