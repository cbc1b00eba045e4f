import KubeAPI

/// Nodes with taints take pods that tolerate all of those that forbid scheduling.
struct TaintFilter: NodeFilter {
    private let tolerations: [Toleration]

    init?(_ pod: PodInfo, _ cluster: ClusterState) { tolerations = pod.pod.spec.tolerations }

    func rejection(of node: NodeInfo) -> Rejection? {
        guard !tolerations.tolerateScheduling(on: node.node) else { return nil }
        return Rejection("node(s) had untolerated taint(s)", isResolvable: false, events: [.nodeAdded, .nodeTaints])
    }
}

extension [Toleration] {
    func tolerate(_ taint: Taint) -> Bool { contains { $0.tolerates(taint) } }

    func tolerateScheduling(on node: Node) -> Bool {
        node.taints.allSatisfy { $0.effect == .preferNoSchedule || tolerate($0) }
    }
}
