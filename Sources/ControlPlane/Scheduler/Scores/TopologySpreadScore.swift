import KubeAPI

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Topology spread constraints that are wishes (`whenUnsatisfiable: ScheduleAnyway`). A pod without any constraint, but
/// with a controller that keeps many alike, is spread over nodes and zones all the same.
struct TopologySpreadScore: NodeScore {
    static let weight: Int64 = 2

    static let hostnameLabel = "kubernetes.io/hostname"
    private static let spreadKinds: Set = ["ReplicaSet", "ReplicationController", "StatefulSet"]

    private let constraints: [SpreadConstraint]
    /// Whether nodes without one of the labels are out; they are not for constraints that nobody asked for.
    private let needsAllLabels: Bool
    /// For each constraint, the pods in each domain; not for hostnames, which are counted on the node itself.
    private var counts: [[String: Int]]
    /// So that few large domains do not outweigh many small ones.
    private var domainWeights: [Double] = []

    init?(_ pod: PodInfo, _ cluster: ClusterState, feasible: [NodeInfo]) {
        (constraints, needsAllLabels) = Self.constraints(of: pod.pod)
        if constraints.isEmpty { return nil }
        counts = Array(repeating: [:], count: constraints.count)
        let scored = needsAllLabels ? feasible.filter { constraints.apply(to: $0) } : feasible
        for (index, constraint) in constraints.enumerated() {
            if constraint.topologyKey == Self.hostnameLabel {
                domainWeights.append(log(Double(scored.count + 2)))
                continue
            }
            for node in scored { counts[index][node.labels[constraint.topologyKey] ?? ""] = 0 }
            domainWeights.append(log(Double(counts[index].count + 2)))
        }
        for node in cluster.nodes where !needsAllLabels || constraints.apply(to: node) {
            for (index, constraint) in constraints.enumerated() where constraint.includes(node, for: pod.pod) {
                let domain = node.labels[constraint.topologyKey] ?? ""
                guard counts[index][domain] != nil else { continue }
                counts[index][domain, default: 0] += constraint.count(on: node)
            }
        }
    }

    private static func constraints(of pod: Pod) -> ([SpreadConstraint], needsAllLabels: Bool) {
        let own = pod.spec.topologySpreadConstraints
        guard own.isEmpty else {
            return (own.filter { !$0.isRequired }.map { SpreadConstraint($0, of: pod) }, true)
        }
        guard let controller = pod.metadata.controller, spreadKinds.contains(controller.kind) else {
            return ([], false)
        }
        let defaults = [(hostnameLabel, 3), (Node.zoneLabel, 5)].map { key, skew in
            SpreadConstraint(key, maxSkew: skew, controller: controller.uid, namespace: pod.metadata.namespace)
        }
        return (defaults, false)
    }

    private func isIgnored(_ node: NodeInfo) -> Bool { needsAllLabels && !constraints.apply(to: node) }

    func score(_ node: NodeInfo) -> Int64 {
        guard !isIgnored(node) else { return 0 }
        var score = 0.0
        for (index, constraint) in constraints.enumerated() {
            guard let domain = node.labels[constraint.topologyKey] else { continue }
            let count =
                constraint.topologyKey == Self.hostnameLabel
                ? constraint.count(on: node) : counts[index][domain] ?? 0
            score += Double(count) * domainWeights[index] + Double(constraint.maxSkew - 1)
        }
        return Int64(score.rounded())
    }

    func normalize(_ scores: inout [Int64], of nodes: [NodeInfo]) {
        let counted = nodes.indices.filter { !isIgnored(nodes[$0]) }
        let least = counted.map { scores[$0] }.min() ?? 0
        let most = max(0, counted.map { scores[$0] }.max() ?? 0)
        for index in counted {
            scores[index] =
                most == 0 ? NodeRanking.highest : NodeRanking.highest * (most + least - scores[index]) / most
        }
    }
}
