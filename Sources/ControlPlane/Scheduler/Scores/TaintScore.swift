import KubeAPI

/// Fewer taints `PreferNoSchedule` that the pod does not tolerate are better.
struct TaintScore: NodeScore {
    static let weight: Int64 = 3

    private let tolerations: [Toleration]

    init?(_ pod: PodInfo, _ cluster: ClusterState, feasible: [NodeInfo]) {
        tolerations = pod.pod.spec.tolerations
    }

    func score(_ node: NodeInfo) -> Int64 {
        Int64(node.node.taints.count { $0.effect == .preferNoSchedule && !tolerations.tolerate($0) })
    }

    func normalize(_ scores: inout [Int64], of nodes: [NodeInfo]) { Self.stretch(&scores, isReversed: true) }
}
