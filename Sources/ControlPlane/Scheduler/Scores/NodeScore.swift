/// One reason to like some nodes more than others. It is made for one pod and the nodes that it can go to.
protocol NodeScore: Sendable {
    /// How much it counts beside the others.
    static var weight: Int64 { get }

    /// Nil if it makes no difference for the pod.
    init?(_ pod: PodInfo, _ cluster: ClusterState, feasible: [NodeInfo])

    func score(_ node: NodeInfo) -> Int64

    /// Brings the scores of the feasible nodes into 0...100.
    func normalize(_ scores: inout [Int64], of nodes: [NodeInfo])
}

extension NodeScore {
    func normalize(_ scores: inout [Int64], of nodes: [NodeInfo]) {}

    /// Stretches the scores so that the highest is 100, and turns them around where less is better.
    static func stretch(_ scores: inout [Int64], isReversed: Bool = false) {
        let highest = scores.max() ?? 0
        for index in scores.indices {
            let part = highest == 0 ? 0 : scores[index] * NodeRanking.highest / highest
            scores[index] = isReversed ? NodeRanking.highest - part : part
        }
    }
}

/// Ranks the nodes that a pod can go to.
enum NodeRanking {
    /// The best score of one kind.
    static let highest: Int64 = 100

    private static let kinds: [any NodeScore.Type] = [
        TaintScore.self, NodeAffinityScore.self, TopologySpreadScore.self, PodAffinityScore.self,
        LeastAllocatedScore.self, BalancedAllocationScore.self,
    ]

    /// The weighted sums of all scores, one for each node.
    static func scores(_ pod: PodInfo, _ cluster: ClusterState, feasible: [NodeInfo]) -> [Int64] {
        var total = Array(repeating: Int64(0), count: feasible.count)
        for kind in kinds { add(kind, pod, cluster, feasible, to: &total) }
        return total
    }

    private static func add<Score: NodeScore>(
        _ kind: Score.Type, _ pod: PodInfo, _ cluster: ClusterState, _ feasible: [NodeInfo], to total: inout [Int64]
    ) {
        guard let score = Score(pod, cluster, feasible: feasible) else { return }
        var scores = feasible.map(score.score)
        score.normalize(&scores, of: feasible)
        for index in total.indices { total[index] += Score.weight * scores[index] }
    }
}
