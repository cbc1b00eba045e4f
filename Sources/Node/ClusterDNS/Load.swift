import Synchronization

/// How much is worked on at the same time.
final class Load: Sendable {
    private let limit: Int
    private let count = Mutex(0)

    init(_ limit: Int) { self.limit = limit }

    /// Whether there is room; each time is left again, also where there was none.
    func enter() -> Bool {
        count.withLock { count in
            count += 1
            return count <= limit
        }
    }

    func leave() { count.withLock { $0 -= 1 } }
}

/// When something happened last.
final class Activity: Sendable {
    private let last = Mutex(ContinuousClock.now)

    func note() { last.withLock { $0 = .now } }
    func isFresh(within time: Duration) -> Bool { last.withLock { .now - $0 < time } }
}
