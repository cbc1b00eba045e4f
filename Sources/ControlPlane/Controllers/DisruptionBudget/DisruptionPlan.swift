import KubeAPI

/// The status of a PodDisruptionBudget: how many more of its pods may be evicted. Pure; the rules are those of
/// upstream's disruption controller.
struct DisruptionPlan: Sendable {
    /// An object that keeps a number of pods.
    struct Scale: Hashable, Sendable {
        var uid: String
        var replicas: Int32
    }

    /// So long a pod whose eviction was allowed may take to begin to go; then it counts again.
    static let deletionTimeout = Duration.seconds(120)

    let status: PodDisruptionBudget.Status
    /// When an eviction that was allowed runs out; nil: none is under way.
    let nextCheck: Duration?
    /// Pods that nothing keeps, where that matters.
    let unmanaged: [String]
    /// Pods that were to be evicted and are still there.
    let notDeleted: [Pod]

    /// - Parameters:
    ///   - pods: those that the budget selects.
    ///   - scales: what keeps the pods, by the uid of their controller. Only asked for if ``needsScales(_:)``.
    init(_ budget: PodDisruptionBudget, pods: [Pod], scales: [String: Scale], now: Timestamp) {
        let disrupted = Self.disrupted(budget, pods, now)
        notDeleted = disrupted.overdue
        nextCheck = disrupted.kept.values.compactMap { Timestamp($0) }.min().map { $0 + Self.deletionTimeout - now }
        let managed = Set(pods.compactMap { $0.metadata.controller.flatMap { scales[$0.uid] } })
        let scale = managed.reduce(0) { $0 +| $1.replicas }
        unmanaged = Self.needsScales(budget) ? pods.filter { $0.metadata.controller == nil }.map(\.metadata.name) : []

        var status = budget.status
        status.disruptedPods = disrupted.kept
        status.observedGeneration = budget.metadata.generation
        status.currentHealthy = Int32(
            pods.count { pod in
                pod.isReady && !pod.metadata.isBeingDeleted && disrupted.kept[pod.metadata.name] == nil
            })
        (status.expectedPods, status.desiredHealthy) = Self.expectation(
            budget, scale: scale, count: Int32(clamping: pods.count))
        // Where no pods are expected, the first ones must not go before they were counted.
        let spare = status.currentHealthy -| status.desiredHealthy
        status.disruptionsAllowed = status.expectedPods > 0 ? max(0, spare) : 0
        Self.setCondition(
            &status, isTrue: status.disruptionsAllowed > 0,
            reason: status.disruptionsAllowed > 0 ? "SufficientPods" : "InsufficientPods", message: "", now)
        self.status = status
    }

    /// Whether shares of all pods matter, and so how many there should be.
    static func needsScales(_ budget: PodDisruptionBudget) -> Bool {
        if budget.maxUnavailable != nil { return true }
        if case .percent = budget.minAvailable { return true }
        return false
    }

    /// What is safe to say when nothing can be counted.
    static func failure(_ budget: PodDisruptionBudget, _ problem: String, now: Timestamp) -> PodDisruptionBudget.Status
    {
        var status = budget.status
        status.disruptionsAllowed = 0
        setCondition(&status, isTrue: false, reason: "SyncFailed", message: problem, now)
        return status
    }

    /// How many pods there should be, and how many of them healthy.
    private static func expectation(
        _ budget: PodDisruptionBudget, scale: Int32, count: Int32
    ) -> (expected: Int32, healthy: Int32) {
        if let most = budget.maxUnavailable { return (scale, max(0, scale -| most.of(scale, roundingUp: true))) }
        switch budget.minAvailable {
        case .number(let least)?: return (count, least)
        case .percent?: return (scale, budget.minAvailable?.of(scale, roundingUp: true) ?? 0)
        case nil: return (0, 0)
        }
    }

    /// Pods whose eviction was allowed and has not begun: those that still count as gone, and those that no longer do.
    private static func disrupted(
        _ budget: PodDisruptionBudget, _ pods: [Pod], _ now: Timestamp
    ) -> (kept: [String: String], overdue: [Pod]) {
        var kept: [String: String] = [:]
        var overdue: [Pod] = []
        for pod in pods where !pod.metadata.isBeingDeleted {
            guard let text = budget.status.disruptedPods[pod.metadata.name] else { continue }
            if let time = Timestamp(text), time + deletionTimeout > now {
                kept[pod.metadata.name] = text
            } else {
                overdue.append(pod)
            }
        }
        return (kept, overdue)
    }

    private static func setCondition(
        _ status: inout PodDisruptionBudget.Status, isTrue: Bool, reason: String, message: String, _ now: Timestamp
    ) {
        var condition = PodDisruptionBudget.Condition()
        condition.type = "DisruptionAllowed"
        condition.status = isTrue ? "True" : "False"
        condition.observedGeneration = status.observedGeneration
        condition.reason = reason
        condition.message = message
        let index = status.conditions.firstIndex { $0.type == condition.type }
        let old = index.map { status.conditions[$0] }
        condition.lastTransitionTime = old?.status == condition.status ? old?.lastTransitionTime ?? "" : now.text()
        if let index { status.conditions[index] = condition } else { status.conditions.append(condition) }
    }
}
