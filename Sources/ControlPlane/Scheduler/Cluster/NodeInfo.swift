import KubeAPI

/// A node with the pods that are on it, counted together.
struct NodeInfo: Sendable {
    private(set) var node: Node
    private(set) var allocatable: Resources
    /// How many pods it takes.
    private(set) var podCapacity: Int64
    private(set) var pods: [PodInfo] = []
    private(set) var requested = Resources()
    private(set) var comparableRequested = Resources()
    private(set) var usedPorts: [HostPort] = []
    private(set) var podsWithAffinity: [PodInfo] = []
    private(set) var podsWithRequiredAntiAffinity: [PodInfo] = []

    init(_ node: Node) {
        self.node = node
        allocatable = Resources(node.allocatable)
        podCapacity = node.allocatable["pods"]?.units ?? 0
    }

    var name: String { node.metadata.name }
    var labels: [String: String] { node.metadata.labels }

    mutating func update(_ node: Node) {
        self.node = node
        allocatable = Resources(node.allocatable)
        podCapacity = node.allocatable["pods"]?.units ?? 0
    }

    mutating func add(_ pod: PodInfo) {
        pods.append(pod)
        if pod.hasAffinity { podsWithAffinity.append(pod) }
        if !pod.requiredAntiTerms.isEmpty { podsWithRequiredAntiAffinity.append(pod) }
        requested += pod.requests
        comparableRequested += pod.comparableRequests
        usedPorts += pod.hostPorts
    }

    mutating func remove(_ key: ObjectKey) {
        guard let index = pods.firstIndex(where: { $0.key == key }) else { return }
        let pod = pods.remove(at: index)
        if pod.hasAffinity { podsWithAffinity.removeAll { $0.key == key } }
        if !pod.requiredAntiTerms.isEmpty { podsWithRequiredAntiAffinity.removeAll { $0.key == key } }
        // Counted anew, not subtracted: sums saturate.
        requested = Resources.sum(pods.lazy.map(\.requests))
        comparableRequested = Resources.sum(pods.lazy.map(\.comparableRequests))
        if !pod.hostPorts.isEmpty { usedPorts = pods.flatMap(\.hostPorts) }
    }
}
