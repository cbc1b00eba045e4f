/// Decides when to log a lasting failure: at once, then every 30 s, and once when it is over.
struct OutageLog: Hashable, Sendable {
    static let interval: Duration = .seconds(30)

    private var startedAt: Duration?
    private var loggedAt: Duration?
    private var isAnnounced = false

    /// Returns true if this failure is to be logged.
    mutating func failed(at now: Duration) -> Bool {
        if startedAt == nil { startedAt = now }
        if let last = loggedAt, now - last < Self.interval { return false }
        loggedAt = now
        isAnnounced = true
        return true
    }

    /// Returns how long the failures lasted if the recovery is to be logged.
    mutating func recovered(at now: Duration) -> Duration? {
        guard let start = startedAt else { return nil }
        startedAt = nil
        defer { isAnnounced = false }
        return isAnnounced ? now - start : nil
    }
}
