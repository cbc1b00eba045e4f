/// Which of several endpoints is asked: one, until it fails, then the next.
struct EndpointRing: Hashable, Sendable {
    let count: Int
    private(set) var current = 0
    /// How many failures have led on to another endpoint.
    private(set) var turns = 0

    init(count: Int) { self.count = max(1, count) }

    /// Leads on from an endpoint that failed; who asked one that is not the current any more changes nothing.
    mutating func leave(_ endpoint: Int) {
        guard endpoint == current else { return }
        current = (current + 1) % count
        turns += 1
    }
}
