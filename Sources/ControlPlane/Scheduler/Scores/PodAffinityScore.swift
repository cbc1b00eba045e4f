import KubeAPI

/// Preferred affinity and anti-affinity: of the pod to those that are there, and of those to it.
struct PodAffinityScore: NodeScore {
    static let weight: Int64 = 2

    /// What a required affinity of a pod that is there counts: it would rather have the new one near.
    private static let requiredTermWeight: Int64 = 1

    private var scores: [TopologyPair: Int64] = [:]

    init?(_ pod: PodInfo, _ cluster: ClusterState, feasible: [NodeInfo]) {
        let own = pod.preferredTerms + pod.preferredAntiTerms
        for node in cluster.nodes {
            for other in own.isEmpty ? node.podsWithAffinity : node.pods {
                for term in own where cluster.matches(term, other) { add(term, term.weight, node) }
                for term in other.preferredTerms + other.preferredAntiTerms where cluster.matches(term, pod) {
                    add(term, term.weight, node)
                }
                for term in other.requiredTerms where cluster.matches(term, pod) {
                    add(term, Self.requiredTermWeight, node)
                }
            }
        }
        if scores.isEmpty { return nil }
    }

    private mutating func add(_ term: PodTerm, _ weight: Int64, _ node: NodeInfo) {
        guard let value = node.labels[term.topologyKey] else { return }
        scores[TopologyPair(key: term.topologyKey, value: value), default: 0] += weight
    }

    func score(_ node: NodeInfo) -> Int64 {
        node.labels.reduce(0) { $0 + (scores[TopologyPair(key: $1.key, value: $1.value)] ?? 0) }
    }

    func normalize(_ scores: inout [Int64], of nodes: [NodeInfo]) {
        let most = max(0, scores.max() ?? 0)
        let least = min(0, scores.min() ?? 0)
        for index in scores.indices {
            let part = most == least ? 0 : Double(scores[index] - least) / Double(most - least)
            scores[index] = Int64(Double(NodeRanking.highest) * part)
        }
    }
}
