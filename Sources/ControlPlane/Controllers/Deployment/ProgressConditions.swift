import KubeAPI

/// The Progressing condition of a Deployment: whether its rollout moves, has ended, or has stood still for too long.
/// Deployments without a deadline have none.
struct ProgressConditions: Sendable {
    static let type = "Progressing"
    static let timedOut = "ProgressDeadlineExceeded"
    static let newSetAvailable = "NewReplicaSetAvailable"
    private static let paused = "DeploymentPaused"

    private let name: String
    private let deadline: Duration?
    private let old: Deployment.Status
    private let now: Timestamp
    private(set) var conditions: [Condition]

    init(_ deployment: Deployment, now: Timestamp) {
        name = deployment.metadata.name
        // The largest number stands for none.
        deadline = deployment.progressDeadlineSeconds.flatMap { $0 == .max ? nil : .seconds(Int64($0)) }
        old = deployment.status
        conditions = deployment.status.conditions
        self.now = now
    }

    private var current: Condition? { conditions.first { $0.type == Self.type } }

    // MARK: What happened

    /// While it is paused nothing is expected of it, and the time before a pause does not count after it.
    mutating func notePause(_ deployment: Deployment) {
        guard deadline != nil, current?.reason != Self.timedOut else { return }
        if deployment.isPaused, current?.reason != Self.paused {
            set("Unknown", Self.paused, "Deployment is paused")
        } else if !deployment.isPaused, current?.reason == Self.paused {
            set("Unknown", "DeploymentResumed", "Deployment is resumed")
        }
    }

    mutating func noteFound(_ set: String) {
        guard deadline != nil, current == nil else { return }
        self.set("True", "FoundNewReplicaSet", "Found new replica set \"\(set)\"")
    }

    mutating func noteCreated(_ set: String) {
        guard deadline != nil else { return }
        self.set("True", "NewReplicaSetCreated", "Created new replica set \"\(set)\"")
    }

    /// Nil if nothing is to be told.
    func afterFailedCreation(of set: String, _ problem: String) -> [Condition]? {
        guard deadline != nil else { return nil }
        var conditions = conditions
        Self.set(
            Condition(
                Self.type, "False", reason: "ReplicaSetCreateError",
                message: "Failed to create new replica set \"\(set)\": \(problem)"), in: &conditions, now: now)
        return conditions
    }

    private mutating func set(_ status: String, _ reason: String, _ message: String) {
        Self.set(Condition(Self.type, status, reason: reason, message: message), in: &conditions, now: now)
    }

    // MARK: Judgement

    /// Sets the condition of a status that is otherwise complete.
    func judge(_ status: inout Deployment.Status, isComplete: Bool, newSet: String?) {
        guard let deadline else {
            status.conditions.removeAll { $0.type == Self.type }
            return
        }
        // A rollout that has ended stays so; pods that come and go later are no part of it.
        let hasEnded = status.replicas == status.updatedReplicas && current?.reason == Self.newSetAvailable
        guard !hasEnded else { return }
        let subject = newSet.map { "ReplicaSet \"\($0)\"" } ?? "Deployment \"\(name)\""
        if isComplete {
            let condition = Condition(
                Self.type, "True", reason: Self.newSetAvailable, message: "\(subject) has successfully progressed.")
            Self.set(condition, in: &status.conditions, now: now)
        } else if isProgress(status) {
            var condition = Condition(
                Self.type, "True", reason: "ReplicaSetUpdated", message: "\(subject) is progressing.")
            condition.lastUpdateTime = now.text()
            condition.lastTransitionTime = current.flatMap { $0.isTrue ? $0.lastTransitionTime : nil } ?? now.text()
            // Even with the same reason: the time of the last progress counts.
            status.conditions.removeAll { $0.type == Self.type }
            status.conditions.append(condition)
        } else if isOverdue(deadline) {
            let condition = Condition(
                Self.type, "False", reason: Self.timedOut, message: "\(subject) has timed out progressing.")
            Self.set(condition, in: &status.conditions, now: now)
        }
    }

    private func isProgress(_ new: Deployment.Status) -> Bool {
        new.updatedReplicas > old.updatedReplicas
            || new.replicas -| new.updatedReplicas < old.replicas -| old.updatedReplicas
            || new.readyReplicas > old.readyReplicas || new.availableReplicas > old.availableReplicas
    }

    private func isOverdue(_ deadline: Duration) -> Bool {
        guard let current, current.reason != Self.newSetAvailable else { return false }
        guard current.reason != Self.timedOut else { return true }
        return Timestamp(current.lastUpdateTime).map { $0 + deadline < now } ?? false
    }

    /// How long until the deadline; nil where there is none to wait for.
    func nextCheck(_ status: Deployment.Status) -> Duration? {
        guard let deadline, let condition = status.conditions.first(where: { $0.type == Self.type }),
            condition.reason != Self.newSetAvailable, condition.reason != Self.timedOut,
            condition.reason != Self.paused, let since = Timestamp(condition.lastUpdateTime)
        else { return nil }
        // Past the second in which the deadline is.
        return max(since + deadline - now, .zero) + .seconds(1)
    }

    /// Puts a condition in, unless it is there already with the same status and reason. Its time of transition is that
    /// of the change of its status.
    static func set(_ condition: Condition, in conditions: inout [Condition], now: Timestamp) {
        let present = conditions.first { $0.type == condition.type }
        if let present, present.status == condition.status, present.reason == condition.reason { return }
        var condition = condition
        if condition.lastUpdateTime.isEmpty { condition.lastUpdateTime = now.text() }
        if let present, present.status == condition.status {
            condition.lastTransitionTime = present.lastTransitionTime
        } else if condition.lastTransitionTime.isEmpty {
            condition.lastTransitionTime = now.text()
        }
        conditions.removeAll { $0.type == condition.type }
        conditions.append(condition)
    }
}
