import KubeAPI

/// When pods must leave a node because of its taints. Pure: it is told the time.
struct TaintEviction: Sendable {
    enum Step: Hashable, Sendable {
        case stay
        case leave
        /// It must leave then, if nothing changes.
        case wait(until: Duration)
    }

    /// Since when pods have been on a tainted node that they tolerate for a time.
    private var since: [ObjectKey: Duration] = [:]

    /// - Parameter taints: those of the pod's node that take pods off it.
    mutating func step(_ key: ObjectKey, _ tolerations: [Toleration], _ taints: [Taint], now: Duration) -> Step {
        guard !taints.isEmpty else {
            since[key] = nil
            return .stay
        }
        var patience: Duration?
        for taint in taints {
            guard let toleration = tolerations.first(where: { $0.tolerates(taint) }) else {
                since[key] = nil
                return .leave
            }
            if let seconds = toleration.seconds {
                patience = min(patience ?? .seconds(Int64.max / 2), .seconds(max(0, seconds)))
            }
        }
        guard let patience else {
            since[key] = nil
            return .stay
        }
        let start = since[key] ?? now
        since[key] = start
        let due = start + patience
        return due > now ? .wait(until: due) : .leave
    }

    /// Returns since when the pod was about to leave; nil: it was not.
    @discardableResult
    mutating func forget(_ key: ObjectKey) -> Duration? { since.removeValue(forKey: key) }

    func isWaiting(_ key: ObjectKey) -> Bool { since[key] != nil }
}
