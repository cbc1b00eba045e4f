import KubeAPI

/// Nodes of which less is taken are better; CPU and memory count the same.
struct LeastAllocatedScore: NodeScore {
    static let weight: Int64 = 1

    private let requests: Resources

    init?(_ pod: PodInfo, _ cluster: ClusterState, feasible: [NodeInfo]) { requests = pod.comparableRequests }

    func score(_ node: NodeInfo) -> Int64 {
        var used = node.comparableRequested
        used += requests
        let parts = [(used.cpu, node.allocatable.cpu), (used.memory, node.allocatable.memory)]
            .filter { $0.1 > 0 }
            .map { used, total in
                let free = max(0, total -| max(0, used))
                return total.dividingFullWidth(free.multipliedFullWidth(by: NodeRanking.highest)).quotient
            }
        return parts.isEmpty ? 0 : parts.reduce(0, +) / Int64(parts.count)
    }
}
