import KubeAPI

/// A pod with all that scheduling asks of it worked out once. Immutable, so that it is shared rather than copied.
final class PodInfo: Sendable {
    /// What a container that asks for nothing counts as where nodes are compared: otherwise all of them would go to
    /// one node.
    static let leastRequests: ResourceList = [
        "cpu": ResourceAmount(milli: 100), "memory": ResourceAmount(milli: 200 * 1024 * 1024 * 1000),
    ]

    let pod: Pod
    let key: ObjectKey
    let requests: Resources
    /// With the least amounts for containers that ask for nothing.
    let comparableRequests: Resources
    let hostPorts: [HostPort]
    let requiredTerms: [PodTerm]
    let requiredAntiTerms: [PodTerm]
    let preferredTerms: [PodTerm]
    /// With negative weights.
    let preferredAntiTerms: [PodTerm]

    init(_ pod: Pod) {
        self.pod = pod
        key = pod.metadata.key
        requests = Resources(pod.spec.requests)
        comparableRequests = Resources(pod.spec.requests(withLeast: Self.leastRequests))
        hostPorts = pod.spec.hostPorts.map { HostPort($0) }
        let namespace = pod.metadata.namespace
        let affinity = pod.spec.affinity
        requiredTerms = affinity.requiredPods.map { PodTerm($0, of: namespace) }
        requiredAntiTerms = affinity.requiredAntiPods.map { PodTerm($0, of: namespace) }
        preferredTerms = affinity.preferredPods.map { PodTerm($0.term, of: namespace, weight: Int64($0.weight)) }
        preferredAntiTerms = affinity.preferredAntiPods.map {
            PodTerm($0.term, of: namespace, weight: -Int64($0.weight))
        }
    }

    var labels: [String: String] { pod.metadata.labels }
    var priority: Int32 { pod.spec.priority }
    var isTerminating: Bool { pod.metadata.isBeingDeleted }
    var hasAffinity: Bool {
        !requiredTerms.isEmpty || !requiredAntiTerms.isEmpty || !preferredTerms.isEmpty || !preferredAntiTerms.isEmpty
    }

    /// Whether it is going because this scheduler made room for another one.
    var isPreempted: Bool {
        isTerminating
            && pod.status.conditions.contains {
                $0.type == "DisruptionTarget" && $0.isTrue && $0.reason == "PreemptionByScheduler"
            }
    }

    /// Whether it should stay rather than `other` when one of them has to go: the more important first, then the one
    /// that has run for longer.
    func isMoreImportant(than other: PodInfo) -> Bool {
        guard priority == other.priority else { return priority > other.priority }
        return startOrder < other.startOrder
    }

    /// Sorts by when pods started; those that have not come last.
    private var startOrder: String { pod.status.startTime.isEmpty ? "~" + key.description : pod.status.startTime }
}

extension PodSpec {
    /// The requests if containers that say nothing about a resource asked for this much.
    func requests(withLeast least: ResourceList) -> ResourceList {
        var spec = self
        for index in spec.containers.indices { spec.containers[index].requests.merge(least) { own, _ in own } }
        for index in spec.initContainers.indices { spec.initContainers[index].requests.merge(least) { own, _ in own } }
        return spec.requests
    }
}
