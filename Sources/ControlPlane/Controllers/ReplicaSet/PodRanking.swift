import KubeAPI

/// The order in which surplus pods go: those first that are missed least. (upstream's ActivePodsWithRanks)
struct PodRanking: Sendable {
    /// Pods with less of it go first: a number of 32 bits.
    static let deletionCost = "controller.kubernetes.io/pod-deletion-cost"

    private struct Entry {
        var pod: Pod
        var isAssigned: Bool
        var phase: Int
        var cost: Int32
        /// How many related pods share its node.
        var neighbors: Int
        /// Logarithms of seconds: times that are about equal count as equal, so that chance decides.
        var readyAge: Int
        var age: Int
    }

    private let podsOnNode: [String: Int]
    private let now: Timestamp

    /// - Parameter related: pods that do the same work; too many of them on one node are better spread.
    init(related: [Pod], now: Timestamp) {
        podsOnNode = related.filter(\.isActive).reduce(into: [:]) { $0[$1.spec.nodeName, default: 0] += 1 }
        self.now = now
    }

    /// The pods that go.
    func first(_ count: Int, of pods: [Pod]) -> [Pod] {
        guard count < pods.count else { return pods }
        return pods.map(entry).sorted(by: Self.goesFirst).prefix(count).map(\.pod)
    }

    private func entry(_ pod: Pod) -> Entry {
        let ready = pod.isReady ? pod.readyCondition.flatMap { Timestamp($0.lastTransitionTime) } : nil
        return Entry(
            pod: pod, isAssigned: !pod.spec.nodeName.isEmpty, phase: Self.order(of: pod.status.phase),
            cost: pod.metadata.annotations[Self.deletionCost].flatMap { Int32($0) } ?? 0,
            neighbors: podsOnNode[pod.spec.nodeName] ?? 0, readyAge: magnitude(since: ready),
            age: magnitude(since: Timestamp(pod.metadata.creationTimestamp)))
    }

    private static func order(of phase: String) -> Int {
        switch phase {
        case "Running": 2
        case "Unknown": 1
        default: 0
        }
    }

    /// The binary logarithm of the time since then; -1 if that is none.
    private func magnitude(since time: Timestamp?) -> Int {
        guard let time, time < now else { return -1 }
        return 63 - (now.microseconds -| time.microseconds).leadingZeroBitCount
    }

    private static func goesFirst(_ left: Entry, _ right: Entry) -> Bool {
        if left.isAssigned != right.isAssigned { return right.isAssigned }
        if left.phase != right.phase { return left.phase < right.phase }
        if left.pod.isReady != right.pod.isReady { return right.pod.isReady }
        if left.cost != right.cost { return left.cost < right.cost }
        if left.neighbors != right.neighbors { return left.neighbors > right.neighbors }
        if left.readyAge != right.readyAge { return left.readyAge < right.readyAge }
        let (restarts, others) = (left.pod.status.mostRestarts, right.pod.status.mostRestarts)
        if restarts != others { return restarts > others }
        if left.age != right.age { return left.age < right.age }
        return left.pod.metadata.uid < right.pod.metadata.uid
    }
}
