import KubeAPI

/// What the pod asks for must be left on the node.
struct ResourceFilter: NodeFilter {
    private let requests: Resources
    private let extended: [(name: String, amount: Int64)]

    init?(_ pod: PodInfo, _ cluster: ClusterState) {
        requests = pod.requests
        extended = pod.requests.extended.map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }
    }

    func rejection(of node: NodeInfo) -> Rejection? {
        var reasons: [String] = []
        // More than the node has in all does not become free.
        var isResolvable = true
        func check(_ name: String, _ wanted: Int64, _ used: Int64, _ total: Int64) {
            guard wanted > 0, wanted > total -| used else { return }
            reasons.append("Insufficient \(name)")
            if wanted > total { isResolvable = false }
        }
        if Int64(node.pods.count) + 1 > node.podCapacity { reasons.append("Too many pods") }
        check("cpu", requests.cpu, node.requested.cpu, node.allocatable.cpu)
        check("memory", requests.memory, node.requested.memory, node.allocatable.memory)
        check(
            "ephemeral-storage", requests.ephemeralStorage, node.requested.ephemeralStorage,
            node.allocatable.ephemeralStorage)
        for (name, amount) in extended {
            check(name, amount, node.requested.extended[name] ?? 0, node.allocatable.extended[name] ?? 0)
        }
        guard !reasons.isEmpty else { return nil }
        return Rejection(
            reasons, isResolvable: isResolvable, events: [.nodeAdded, .nodeAllocatable, .podRemoved, .podChanged])
    }
}
