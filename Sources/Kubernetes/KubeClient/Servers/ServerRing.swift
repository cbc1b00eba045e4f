/// Which of several API servers is used: one until it fails, then the next.
struct ServerRing: Hashable, Sendable {
    let count: Int
    private(set) var current = 0

    init(count: Int) { self.count = max(1, count) }

    /// Moves on from a failed server. If it is not the current one, another caller has already done so.
    mutating func leave(_ server: Int) {
        if server == current { current = (current + 1) % count }
    }

    /// Leads on from a server that failed to one that answers.
    mutating func leave(_ server: Int, for other: Int) {
        if server == current, other < count { current = other }
    }

    /// The others, the next one first.
    func others(than server: Int) -> [Int] { (1..<count).map { (server + $0) % count } }
}
