import KubeAPI

/// A pod that names its node goes there only.
struct NodeNameFilter: NodeFilter {
    private let name: String

    init?(_ pod: PodInfo, _ cluster: ClusterState) {
        name = pod.pod.spec.nodeName
        if name.isEmpty { return nil }
    }

    func rejection(of node: NodeInfo) -> Rejection? {
        guard node.name != name else { return nil }
        return Rejection("node(s) didn't match the requested node name", isResolvable: false, events: .nodeAdded)
    }
}
