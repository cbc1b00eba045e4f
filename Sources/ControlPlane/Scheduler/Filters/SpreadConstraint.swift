import KubeAPI

/// A topology spread constraint of a pod, ready to count by.
struct SpreadConstraint: Sendable {
    var topologyKey: String
    var maxSkew: Int
    var minDomains: Int
    private let namespace: String
    private let selector: LabelSelector?
    /// Of constraints that stand in where a pod has none: counts the pods of this controller.
    private let controller: String?
    private let honorsAffinity: Bool
    private let honorsTaints: Bool

    init(_ constraint: TopologySpreadConstraint, of pod: Pod) {
        topologyKey = constraint.topologyKey
        maxSkew = Int(constraint.maxSkew)
        minDomains = Int(constraint.minDomains)
        namespace = pod.metadata.namespace
        controller = nil
        var selector = constraint.selector
        for key in constraint.matchLabelKeys {
            guard let value = pod.metadata.labels[key] else { continue }
            selector?.matchExpressions.append(.init(key, .isIn, [value]))
        }
        self.selector = selector
        honorsAffinity = constraint.nodeAffinityPolicy != "Ignore"
        honorsTaints = constraint.nodeTaintsPolicy == "Honor"
    }

    /// A constraint about the pods of one controller.
    init(_ topologyKey: String, maxSkew: Int, controller: String, namespace: String) {
        self.topologyKey = topologyKey
        self.maxSkew = maxSkew
        minDomains = 1
        self.namespace = namespace
        self.controller = controller
        selector = nil
        honorsAffinity = true
        honorsTaints = false
    }

    func matches(_ pod: PodInfo) -> Bool {
        guard pod.key.namespace == namespace else { return false }
        if let controller { return pod.pod.metadata.controller?.uid == controller }
        return selector?.matches(pod.labels) ?? false
    }

    /// How many pods of a node count. Those that are going do not.
    func count(on node: NodeInfo) -> Int { node.pods.count { !$0.isTerminating && matches($0) } }

    /// Whether the node's pods count for the spreading of `pod`.
    func includes(_ node: NodeInfo, for pod: Pod) -> Bool {
        (!honorsAffinity || pod.spec.selects(node.node))
            && (!honorsTaints || pod.spec.tolerations.tolerateScheduling(on: node.node))
    }
}

extension [SpreadConstraint] {
    /// Whether the node has all the labels that the constraints are about.
    func apply(to node: NodeInfo) -> Bool { allSatisfy { node.labels[$0.topologyKey] != nil } }
}
