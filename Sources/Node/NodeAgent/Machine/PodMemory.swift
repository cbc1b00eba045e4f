import KubeAPI

/// Why something waits or failed, as a status says it.
struct StatusProblem: Hashable, Sendable, Error {
    var reason: String
    var message: String

    init(_ reason: String, _ message: String) {
        self.reason = reason
        self.message = message
    }
}

/// What the probes of one container say; nil: none has said anything yet.
struct ProbeResults: Hashable, Sendable {
    var startup: Bool?
    var readiness: Bool?
    var liveness: Bool?
    /// What the probe that failed had to say.
    var message = ""
}

/// What is known of a pod besides what its object and the runtime tell. It is lost when the agent ends, which costs
/// pauses between restarts, and nothing else.
struct PodMemory: Hashable, Sendable {
    /// By container name.
    var restarts: [String: GrowingPause] = [:]
    /// By image.
    var pulls: [String: GrowingPause] = [:]
    /// Why a container is not started, by its name.
    var problems: [String: StatusProblem] = [:]
    /// By container identifier.
    var probes: [String: ProbeResults] = [:]
    /// Why the pod as a whole has failed.
    var failure: StatusProblem?
    var startedAt: Timestamp?
    /// Containers whose start is tried again at this time, by name.
    var retryAt: [String: Timestamp] = [:]
    /// The agent has ended everything of the pod that is to be deleted.
    var hasEnded = false
}

/// A pause that doubles with each failure, and is forgotten after a long time without one.
struct GrowingPause: Hashable, Sendable {
    static let first = Duration.seconds(10)
    static let longest = Duration.seconds(300)

    private(set) var pause: Duration
    private(set) var updatedAt: Timestamp
    /// What failed.
    var message = ""

    init(now: Timestamp) {
        pause = Self.first
        updatedAt = now
    }

    /// Until when it lasts after a failure at this time; nil: it is over.
    func end(after failure: Timestamp, now: Timestamp) -> Timestamp? {
        guard !isForgotten(at: failure) else { return nil }
        let end = failure + pause
        return now < end ? end : nil
    }

    func isForgotten(at time: Timestamp) -> Bool { time - updatedAt > Self.longest * 2 }

    mutating func grow(failure: Timestamp, now: Timestamp) {
        pause = isForgotten(at: failure) ? Self.first : min(pause * 2, Self.longest)
        updatedAt = now
    }
}

extension [String: GrowingPause] {
    /// Notes another failure.
    mutating func grow(_ key: String, failure: Timestamp, now: Timestamp) {
        if self[key] == nil { self[key] = GrowingPause(now: now) } else { self[key]?.grow(failure: failure, now: now) }
    }
}
