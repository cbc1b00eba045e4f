/// Which nodes announce, as far as their Leases are seen to be renewed. Pure: clocks of several hosts are not compared.
struct LiveAnnouncers: Hashable, Sendable {
    /// How long one may be silent. With looks every 0.4 s, another takes over within 2.4 s.
    static let patience = Duration.milliseconds(1600)

    private struct Seen: Hashable {
        var version: String
        var at: Duration
    }

    private var seen: [String: Seen] = [:]
    private var lastLook: Duration?

    /// Takes what a list of the Leases says.
    /// - Parameters:
    ///   - versions: resource versions by the node that holds the Lease.
    ///   - now: time since some fixed moment.
    mutating func look(_ versions: [String: String], now: Duration) {
        // While nobody could look, nobody could renew: that is no reason to give anybody up.
        let isGap = lastLook.map { now - $0 > Self.patience } ?? true
        lastLook = now
        seen = versions.reduce(into: [:]) { result, entry in
            let (node, version) = entry
            if let known = seen[node], known.version == version, !isGap {
                result[node] = known
            } else {
                result[node] = Seen(version: version, at: now)
            }
        }
    }

    func nodes(now: Duration) -> Set<String> {
        // Without a look there is nothing new to decide by.
        let moment = min(now, lastLook ?? now)
        return Set(seen.filter { moment - $0.value.at <= Self.patience }.keys)
    }

    /// Whether the API server has not been heard for longer than others wait.
    func isStale(now: Duration) -> Bool { lastLook.map { now - $0 > Self.patience } ?? true }
}
