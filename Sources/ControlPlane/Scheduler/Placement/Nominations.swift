import KubeAPI

/// Pods that wait for room on a certain node: others were made to leave it for them.
struct Nominations: Sendable {
    private var pods: [String: [ObjectKey: PodInfo]] = [:]
    private var nodes: [ObjectKey: String] = [:]

    mutating func set(_ pod: PodInfo, node: String) {
        remove(pod.key)
        nodes[pod.key] = node
        pods[node, default: [:]][pod.key] = pod
    }

    /// Returns the node that the pod waited for.
    @discardableResult
    mutating func remove(_ key: ObjectKey) -> String? {
        guard let node = nodes.removeValue(forKey: key) else { return nil }
        pods[node]?[key] = nil
        if pods[node]?.isEmpty == true { pods[node] = nil }
        return node
    }

    func node(of key: ObjectKey) -> String? { nodes[key] }

    /// Pods that wait for room on the node and come before `pod`, or with it.
    func rivals(of pod: PodInfo, on node: String) -> [PodInfo] {
        (pods[node] ?? [:]).values.filter { $0.key != pod.key && $0.priority >= pod.priority }
            .sorted { $0.key < $1.key }
    }

    /// Pods that wait for room on the node but are less important than `pod`.
    func lesser(than pod: PodInfo, on node: String) -> [PodInfo] {
        (pods[node] ?? [:]).values.filter { $0.priority < pod.priority }.sorted { $0.key < $1.key }
    }
}
