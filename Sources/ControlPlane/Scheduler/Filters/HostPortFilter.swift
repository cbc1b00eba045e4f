/// Ports of the node that the pod takes must be free.
struct HostPortFilter: NodeFilter {
    private let ports: [HostPort]

    init?(_ pod: PodInfo, _ cluster: ClusterState) {
        ports = pod.hostPorts
        if ports.isEmpty { return nil }
    }

    func rejection(of node: NodeInfo) -> Rejection? {
        guard node.usedPorts.contains(where: { used in ports.contains { $0.conflicts(with: used) } }) else {
            return nil
        }
        return Rejection(
            "node(s) didn't have free ports for the requested pod ports", isResolvable: true,
            events: [.nodeAdded, .podRemoved])
    }
}
