public import KubeAPI

/// The labels of pods in namespaces with Services that choose endpoints by them.
struct PodLabels: Sendable {
    /// By the hash that slices' endpoints have of a pod's name. Of two pods in one namespace with the same, which is one in
    /// four billion pairs, the last one heard of counts for both.
    private var namespaces: [String: [UInt32: Pod]] = [:]

    struct Pod: Hashable, Sendable {
        var name: String
        var labels: [String: String]
    }

    subscript(namespace: String, pod: UInt32) -> Pod? { namespaces[namespace]?[pod] }

    /// - Returns: whether something differs.
    mutating func set(_ labels: [String: String]?, of key: ObjectKey) -> Bool {
        let hash = PodName.hash(key.name)
        let pod = labels.map { Pod(name: key.name, labels: $0) }
        guard namespaces[key.namespace]?[hash] != pod else { return false }
        namespaces[key.namespace, default: [:]][hash] = pod
        return true
    }

    mutating func forget(_ namespace: String) { namespaces[namespace] = nil }
}

extension ParsedService {
    var selectsPods: Bool { canary?.selector != nil || weights?.pods.isEmpty == false }
}

extension ServiceModel {
    mutating func noteSelectors(of service: ParsedService?, _ slot: Int32) {
        if service?.selectsPods == true {
            selectingSlots.insert(slot)
        } else if !selectingSlots.isEmpty {
            selectingSlots.remove(slot)
        }
    }

    /// Where pods' labels have to be known.
    public var selectingNamespaces: Set<String> { Set(selectingSlots.map { records[Int($0)].key.namespace }) }

    /// Takes a pod's labels; nil: it is gone. Only Services of its namespace that choose by labels and have it as an endpoint are
    /// computed again.
    public mutating func setLabels(_ labels: [String: String]?, of pod: ObjectKey) {
        guard podLabels.set(labels, of: pod) else { return }
        let hash = PodName.hash(pod.name)
        for slot in selectingSlots {
            let record = records[Int(slot)]
            guard record.key.namespace == pod.namespace else { continue }
            if record.slices.contains(where: { $0.endpoints.contains { $0.pod == hash } }) { dirty.insert(slot) }
        }
    }

    /// The labels of endpoints of Services that choose by them.
    public var selectedLabels: [ObjectKey: [String: String]] {
        var found: [ObjectKey: [String: String]] = [:]
        for slot in selectingSlots {
            let record = records[Int(slot)]
            for endpoint in record.slices.lazy.flatMap(\.endpoints) where endpoint.pod != 0 {
                guard let pod = podLabels[record.key.namespace, endpoint.pod] else { continue }
                found[ObjectKey(namespace: record.key.namespace, name: pod.name)] = pod.labels
            }
        }
        return found
    }

    /// No Service of the namespace chooses by labels any more.
    public mutating func forgetLabels(in namespace: String) { podLabels.forget(namespace) }
}
