import KubeAPI

/// Finds the best node for a pod.
struct NodeSelection: Sendable {
    enum Result: Sendable {
        case node(String)
        case none(Diagnosis)
    }

    /// So many nodes are looked at in any case; in larger clusters it is a part of them.
    static let fewestNodes = 100

    /// Where the next search begins, so that in large clusters all nodes have their turn.
    private var start = 0

    /// How many nodes that fit are enough: with 5,000 nodes a tenth of them, and 5 of 100 at least.
    static func sufficient(_ nodeCount: Int) -> Int {
        guard nodeCount > fewestNodes else { return nodeCount }
        return max(fewestNodes, nodeCount * max(5, 50 - nodeCount / 125) / 100)
    }

    mutating func select(
        _ pod: PodInfo, _ filters: FilterSet, _ cluster: ClusterState, _ nominations: Nominations,
        using random: inout some RandomNumberGenerator
    ) -> Result {
        var diagnosis = Diagnosis(nodeCount: cluster.nodes.count)
        // Where others have left for it, it goes if it can.
        if let name = nominations.node(of: pod.key), let node = cluster.node(name),
            Self.rejection(pod, filters, node, cluster, nominations) == nil
        {
            return .node(name)
        }
        let all = cluster.nodes
        let enough = Self.sufficient(all.count)
        var feasible: [NodeInfo] = []
        var asked = 0
        while asked < all.count, feasible.count < enough {
            let node = all[(start + asked) % all.count]
            asked += 1
            if let rejection = Self.rejection(pod, filters, node, cluster, nominations) {
                diagnosis.rejections.append((node.name, rejection))
            } else {
                feasible.append(node)
            }
        }
        if !all.isEmpty { start = (start + asked) % all.count }
        guard let first = feasible.first else { return .none(diagnosis) }
        guard feasible.count > 1 else { return .node(first.name) }
        let scores = NodeRanking.scores(pod, cluster, feasible: feasible)
        let highest = scores.max() ?? 0
        let best = scores.indices.filter { scores[$0] == highest }
        return .node(feasible[best.randomElement(using: &random) ?? 0].name)
    }

    /// Asks whether the pod fits with those that wait for room on the node, and without: they may not come, and it may
    /// need them (by its affinity).
    static func rejection(
        _ pod: PodInfo, _ filters: FilterSet, _ node: NodeInfo, _ cluster: ClusterState, _ nominations: Nominations
    ) -> Rejection? {
        let rivals = nominations.rivals(of: pod, on: node.name)
        if !rivals.isEmpty {
            var crowded = node
            var counted = filters
            for rival in rivals {
                crowded.add(rival)
                counted.add(rival, to: crowded, cluster)
            }
            if let rejection = counted.rejection(of: crowded) { return rejection }
        }
        return filters.rejection(of: node)
    }
}
