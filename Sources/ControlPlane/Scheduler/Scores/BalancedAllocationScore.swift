/// Nodes of which CPU and memory are taken to the same degree are better: nothing is left that nobody can use.
struct BalancedAllocationScore: NodeScore {
    static let weight: Int64 = 1

    private let requests: Resources

    /// Pods that ask for nothing change no balance.
    init?(_ pod: PodInfo, _ cluster: ClusterState, feasible: [NodeInfo]) {
        requests = pod.requests
        if requests.cpu == 0, requests.memory == 0 { return nil }
    }

    func score(_ node: NodeInfo) -> Int64 {
        var used = node.requested
        used += requests
        let parts = [(used.cpu, node.allocatable.cpu), (used.memory, node.allocatable.memory)]
            .filter { $0.1 > 0 }.map { min(1, max(0, Double($0.0) / Double($0.1))) }
        // The standard deviation of two numbers is half their distance; that of one is nothing.
        let deviation = parts.count == 2 ? abs(parts[0] - parts[1]) / 2 : 0
        return Int64((1 - deviation) * Double(NodeRanking.highest))
    }
}
