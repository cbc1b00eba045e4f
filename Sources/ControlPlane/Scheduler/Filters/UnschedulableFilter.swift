import KubeAPI

/// Cordoned nodes take no pods but those that tolerate it.
struct UnschedulableFilter: NodeFilter {
    private static let taint = Taint("node.kubernetes.io/unschedulable", "", .noSchedule)

    init?(_ pod: PodInfo, _ cluster: ClusterState) {
        if pod.pod.spec.tolerations.contains(where: { $0.tolerates(Self.taint) }) { return nil }
    }

    func rejection(of node: NodeInfo) -> Rejection? {
        guard node.node.isUnschedulable else { return nil }
        return Rejection("node(s) were unschedulable", isResolvable: false, events: [.nodeAdded, .nodeTaints])
    }
}
