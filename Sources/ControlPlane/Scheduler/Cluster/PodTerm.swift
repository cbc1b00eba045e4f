import KubeAPI

/// A term of a pod's affinity to other pods, with the namespaces worked out.
struct PodTerm: Hashable, Sendable {
    var topologyKey: String
    /// The weight of a preferred term; 0 for a required one.
    var weight: Int64
    private let selector: LabelSelector?
    private let namespaces: [String]
    private let namespaceSelector: LabelSelector?

    init(_ term: Affinity.PodTerm, of namespace: String, weight: Int64 = 0) {
        topologyKey = term.topologyKey
        self.weight = weight
        selector = term.selector
        namespaceSelector = term.namespaceSelector
        namespaces = term.namespaces.isEmpty && term.namespaceSelector == nil ? [namespace] : term.namespaces
    }

    /// - Parameter labels: of the pod's namespace.
    func matches(_ pod: PodInfo, namespaceLabels labels: [String: String]) -> Bool {
        guard namespaces.contains(pod.key.namespace) || namespaceSelector?.matches(labels) ?? false else {
            return false
        }
        return selector?.matches(pod.labels) ?? false
    }
}

/// A value of a topology label: a zone, say.
struct TopologyPair: Hashable, Sendable {
    var key: String
    var value: String
}
