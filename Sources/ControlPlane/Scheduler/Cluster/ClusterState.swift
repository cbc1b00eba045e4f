import KubeAPI
import OrderedCollections

/// Nodes and the pods on them, as far as scheduling is concerned. A value that changes step by step; built anew from
/// the same objects it would be the same.
struct ClusterState: Sendable {
    private var byName: OrderedDictionary<String, NodeInfo> = [:]
    /// All pods that are on a node or on their way to one, with its name. The node may not be known (yet).
    private(set) var placed: [ObjectKey: (pod: PodInfo, node: String)] = [:]
    /// Pods whose node is not known.
    private var homeless: [String: [ObjectKey: PodInfo]] = [:]
    private(set) var namespaceLabels: [String: [String: String]] = [:]

    /// In the order in which they came.
    var nodes: [NodeInfo] { byName.values.elements }

    func node(_ name: String) -> NodeInfo? { byName[name] }

    mutating func set(_ node: Node) {
        let name = node.metadata.name
        if byName[name] != nil {
            byName[name]?.update(node)
            return
        }
        var info = NodeInfo(node)
        for (_, pod) in (homeless.removeValue(forKey: name) ?? [:]).sorted(by: { $0.key < $1.key }) { info.add(pod) }
        byName[name] = info
    }

    mutating func removeNode(_ name: String) {
        guard let info = byName.removeValue(forKey: name), !info.pods.isEmpty else { return }
        homeless[name] = Dictionary(info.pods.map { ($0.key, $0) }, uniquingKeysWith: { $1 })
    }

    /// Puts a pod on a node, or replaces what was known of it.
    mutating func place(_ pod: PodInfo, on name: String) {
        remove(pod.key)
        placed[pod.key] = (pod, name)
        if byName[name] != nil {
            byName[name]?.add(pod)
        } else {
            homeless[name, default: [:]][pod.key] = pod
        }
    }

    mutating func remove(_ key: ObjectKey) {
        guard let (_, name) = placed.removeValue(forKey: key) else { return }
        byName[name]?.remove(key)
        homeless[name]?[key] = nil
        if homeless[name]?.isEmpty == true { homeless[name] = nil }
    }

    mutating func setNamespace(_ name: String, labels: [String: String]?) { namespaceLabels[name] = labels }

    /// Whether a term is about a pod.
    func matches(_ term: PodTerm, _ pod: PodInfo) -> Bool {
        term.matches(pod, namespaceLabels: namespaceLabels[pod.key.namespace] ?? [:])
    }
}
