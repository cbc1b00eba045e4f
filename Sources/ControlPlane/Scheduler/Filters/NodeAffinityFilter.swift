import KubeAPI

/// The pod's nodeSelector and its required node affinity.
struct NodeAffinityFilter: NodeFilter {
    private let pod: Pod
    /// The nodes that all terms name, where they do: others are not even looked at.
    private let names: Set<String>?

    init?(_ pod: PodInfo, _ cluster: ClusterState) {
        self.pod = pod.pod
        if pod.pod.spec.nodeSelector.isEmpty, pod.pod.spec.affinity.requiredNodes == nil { return nil }
        names = pod.pod.spec.affinity.requiredNodes.flatMap(Self.names)
    }

    func rejection(of node: NodeInfo) -> Rejection? {
        if let names, !names.contains(node.name) {
            return Rejection(
                "node(s) didn't satisfy plugin(s) [NodeAffinity]", isResolvable: false, events: [.nodeAdded])
        }
        guard !pod.spec.selects(node.node) else { return nil }
        return Rejection(
            "node(s) didn't match Pod's node affinity/selector", isResolvable: false,
            events: [.nodeAdded, .nodeLabels])
    }

    /// The names of nodes that the selector can match at all; nil if it does not say.
    private static func names(_ selector: NodeSelector) -> Set<String>? {
        var names: Set<String> = []
        for term in selector.terms {
            let lists = term.fields.filter { $0.key == "metadata.name" && $0.operator == .isIn }.map { Set($0.values) }
            guard let first = lists.first else { return nil }
            names.formUnion(lists.dropFirst().reduce(first) { $0.intersection($1) })
        }
        return selector.terms.isEmpty ? nil : names
    }
}

extension PodSpec {
    /// Whether `nodeSelector` and the required node affinity let the pod go to the node.
    func selects(_ node: Node) -> Bool {
        nodeSelector.allSatisfy { node.metadata.labels[$0.key] == $0.value }
            && affinity.requiredNodes?.matches(node) ?? true
    }
}
