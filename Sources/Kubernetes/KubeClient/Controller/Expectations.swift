import Synchronization

/// What a controller has created and deleted but not yet seen in its cache. Until it has, the cache is stale and its
/// counts are wrong. (client-go's ControllerExpectations.)
public final class Expectations<Key: Hashable & Sendable>: Sendable {
    private struct Entry {
        var creations: Int
        /// UIDs.
        var deletions: Set<String>
        var since: Duration
    }

    /// After this long without the event, the expectation is dropped, and the cache counts as fresh again.
    public static var timeout: Duration { .seconds(300) }

    private let entries = Mutex<[Key: Entry]>([:])
    private let clock: RetryClock

    public init(clock: RetryClock = .system) {
        self.clock = clock
    }

    /// Whether everything that was done for the key has been seen.
    public func isSatisfied(_ key: Key) -> Bool {
        let now = clock.now()
        return entries.withLock { entries in
            guard let entry = entries[key] else { return true }
            return entry.creations <= 0 && entry.deletions.isEmpty || now - entry.since > Self.timeout
        }
    }

    /// Call this before sending the requests: their events may arrive first.
    public func expect(_ key: Key, creations: Int = 0, deletions: Set<String> = []) {
        let now = clock.now()
        entries.withLock { $0[key] = Entry(creations: creations, deletions: deletions, since: now) }
    }

    /// An object was seen, or its creation failed.
    public func creationObserved(_ key: Key) { entries.withLock { $0[key]?.creations -= 1 } }

    /// A deletion was seen, or its request failed.
    public func deletionObserved(_ key: Key, uid: String) {
        entries.withLock { _ = $0[key]?.deletions.remove(uid) }
    }

    public func forget(_ key: Key) { entries.withLock { $0[key] = nil } }

    /// Call this when starting again with a newly filled cache.
    public func forgetAll() { entries.withLock { $0 = [:] } }
}
