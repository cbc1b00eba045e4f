import KubeAPI

/// Required affinity and anti-affinity to other pods: of the pod to those that are there, and of those to it.
struct PodAffinityFilter: NodeFilter {
    private typealias Counts = [TopologyPair: Int]

    private let pod: PodInfo
    /// Terms of pods that are there and must not be with this one.
    private var existingAnti: Counts = [:]
    /// Pods that all affinity terms of this one match.
    private var affine: Counts = [:]
    private var anti: Counts = [:]
    /// Whether the pod is one of those that it wants to be with: then it may be the first of them.
    private let matchesItself: Bool

    init?(_ pod: PodInfo, _ cluster: ClusterState) {
        self.pod = pod
        matchesItself = pod.requiredTerms.allSatisfy { cluster.matches($0, pod) }
        let hasTerms = !pod.requiredTerms.isEmpty || !pod.requiredAntiTerms.isEmpty
        for node in cluster.nodes {
            for other in hasTerms ? node.pods : node.podsWithRequiredAntiAffinity { count(other, node, 1, cluster) }
        }
        if !hasTerms, existingAnti.isEmpty { return nil }
    }

    func rejection(of node: NodeInfo) -> Rejection? {
        if !satisfiesAffinity(node) {
            return Rejection(
                "node(s) didn't match pod affinity rules", isResolvable: false,
                events: [.nodeAdded, .nodeLabels, .podAssigned, .podChanged, .namespaceLabels])
        }
        if pod.requiredAntiTerms.contains(where: { count(anti, $0.topologyKey, node) > 0 }) {
            return Rejection(
                "node(s) didn't match pod anti-affinity rules", isResolvable: true,
                events: [.nodeAdded, .nodeLabels, .podRemoved, .podChanged, .namespaceLabels])
        }
        if !existingAnti.isEmpty, node.labels.contains(where: { existingAnti[TopologyPair(key: $0, value: $1)] != nil })
        {
            return Rejection(
                "node(s) didn't satisfy existing pods anti-affinity rules", isResolvable: true,
                events: [.nodeAdded, .nodeLabels, .podRemoved, .podChanged, .namespaceLabels])
        }
        return nil
    }

    private func satisfiesAffinity(_ node: NodeInfo) -> Bool {
        guard !pod.requiredTerms.isEmpty else { return true }
        guard pod.requiredTerms.allSatisfy({ node.labels[$0.topologyKey] != nil }) else { return false }
        if pod.requiredTerms.allSatisfy({ count(affine, $0.topologyKey, node) > 0 }) { return true }
        return affine.isEmpty && matchesItself
    }

    private func count(_ counts: Counts, _ key: String, _ node: NodeInfo) -> Int {
        guard let value = node.labels[key] else { return 0 }
        return counts[TopologyPair(key: key, value: value)] ?? 0
    }

    mutating func add(_ other: PodInfo, to node: NodeInfo, _ cluster: ClusterState) { count(other, node, 1, cluster) }

    mutating func remove(_ other: PodInfo, from node: NodeInfo, _ cluster: ClusterState) {
        count(other, node, -1, cluster)
    }

    private mutating func count(_ other: PodInfo, _ node: NodeInfo, _ change: Int, _ cluster: ClusterState) {
        for term in other.requiredAntiTerms where cluster.matches(term, pod) {
            Self.change(&existingAnti, term, node, change)
        }
        if !pod.requiredTerms.isEmpty, pod.requiredTerms.allSatisfy({ cluster.matches($0, other) }) {
            for term in pod.requiredTerms { Self.change(&affine, term, node, change) }
        }
        for term in pod.requiredAntiTerms where cluster.matches(term, other) { Self.change(&anti, term, node, change) }
    }

    private static func change(_ counts: inout Counts, _ term: PodTerm, _ node: NodeInfo, _ change: Int) {
        guard let value = node.labels[term.topologyKey] else { return }
        let pair = TopologyPair(key: term.topologyKey, value: value)
        let sum = counts[pair, default: 0] + change
        counts[pair] = sum == 0 ? nil : sum
    }
}
