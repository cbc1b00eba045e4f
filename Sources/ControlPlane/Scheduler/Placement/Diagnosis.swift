/// Why no node takes a pod.
struct Diagnosis: Sendable {
    /// All nodes, including those that nothing is said about.
    var nodeCount: Int
    /// Node by node, in the order in which they were asked.
    var rejections: [(node: String, rejection: Rejection)] = []

    /// What may change it.
    var events: ClusterEvent {
        rejections.isEmpty ? .nodeAdded : rejections.reduce(into: []) { $0.formUnion($1.rejection.events) }
    }

    /// `0/5 nodes are available: 2 Insufficient cpu, 3 node(s) had untolerated taint(s).`
    var message: String {
        guard nodeCount > 0 else { return "no nodes available to schedule pods" }
        return Self.message(nodeCount, rejections.lazy.map(\.rejection.reasons))
    }

    static func message(_ nodeCount: Int, _ reasons: some Sequence<[String]>) -> String {
        var counts: [String: Int] = [:]
        for reason in reasons.joined() { counts[reason, default: 0] += 1 }
        let start = "0/\(nodeCount) nodes are available:"
        guard !counts.isEmpty else { return start }
        // Sorted as texts, as upstream does.
        return "\(start) \(counts.map { "\($0.value) \($0.key)" }.sorted().joined(separator: ", "))."
    }
}
