import KubeAPI

/// Which pods nobody else will remove. Pure: it is told the time.
struct PodGarbage: Sendable {
    enum Reason: String, Hashable, Sendable {
        /// Its node does not exist any more.
        case orphaned
        /// It has ended, and too many have.
        case terminated
        /// It was deleted before it got a node: there is no kubelet to finish that.
        case unscheduled
        /// It was deleted, and its node is out of service.
        case outOfService = "out-of-service"
    }

    struct Item: Sendable {
        var pod: Pod
        var reason: Reason
    }

    /// How long a node must be missing: its pods may be known before it is.
    static let quarantine = Duration.seconds(40)

    /// How many pods that have ended are kept (`--terminated-pod-gc-threshold`); 0: all.
    let threshold: Int
    private var missingSince: [String: Duration] = [:]

    init(threshold: Int) {
        self.threshold = threshold
    }

    mutating func collect(_ pods: [Pod], _ nodes: [Node], now: Duration) -> [Item] {
        let known = Dictionary(nodes.map { ($0.metadata.name, $0) }, uniquingKeysWith: { $1 })
        let missing = Set(pods.lazy.map(\.spec.nodeName).filter { !$0.isEmpty && known[$0] == nil })
        missingSince = missingSince.filter { missing.contains($0.key) }
        for name in missing where missingSince[name] == nil { missingSince[name] = now }
        var items: [Item] = []
        for pod in pods {
            let name = pod.spec.nodeName
            if let since = missingSince[name], now - since >= Self.quarantine {
                items.append(Item(pod: pod, reason: .orphaned))
            } else if pod.metadata.isBeingDeleted, name.isEmpty {
                items.append(Item(pod: pod, reason: .unscheduled))
            } else if pod.metadata.isBeingDeleted, let node = known[name], node.isOutOfService {
                items.append(Item(pod: pod, reason: .outOfService))
            }
        }
        return items + terminated(pods, besides: Set(items.map(\.pod.metadata.key)))
    }

    private func terminated(_ pods: [Pod], besides others: Set<ObjectKey>) -> [Item] {
        let ended = pods.filter(\.isFinished)
        guard threshold > 0, ended.count > threshold else { return [] }
        // Evicted ones first: they made room, nobody asks for their results.
        let byAge = ended.sorted { left, right in
            let isLeft = left.status.reason == "Evicted"
            guard isLeft == (right.status.reason == "Evicted") else { return isLeft }
            return (left.metadata.creationTimestamp, left.metadata.key)
                < (right.metadata.creationTimestamp, right.metadata.key)
        }
        return byAge.prefix(ended.count - threshold).filter { !others.contains($0.metadata.key) }
            .map { Item(pod: $0, reason: .terminated) }
    }
}

extension Node {
    fileprivate var isOutOfService: Bool {
        readyCondition?.isTrue != true && taints.contains { $0.key == "node.kubernetes.io/out-of-service" }
    }
}
