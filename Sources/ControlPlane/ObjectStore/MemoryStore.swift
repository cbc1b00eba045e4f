import Algorithms
import FoundationEssentials
import Synchronization

/// A store that ends with its process. For tests, and for servers whose objects are made anew at each start.
public final class MemoryStore: ObjectStore {
    /// One value of a key, or its removal.
    private struct Version {
        var revision: Revision
        var value: [UInt8]?
    }

    private struct Lifetime {
        var key: String
        var ends: Date
    }

    private struct State {
        var revision: Revision = 0
        var compacted: Revision = 0
        /// The versions of each key that are not compacted, the latest last.
        var versions: [String: [Version]] = [:]
        var log: [StoreEvent] = []
        /// By the revision of the value that ends.
        var lifetimes: [Revision: Lifetime] = [:]

        func current(_ key: String) -> StoredObject? { object(key, versions[key]?.last) }

        func object(_ key: String, _ version: Version?) -> StoredObject? {
            version.flatMap { version in
                version.value.map { StoredObject(key: key, value: $0, revision: version.revision) }
            }
        }

        /// The values under a prefix as they were at a revision.
        func objects(prefix: String, at revision: Revision) -> [StoredObject] {
            versions.compactMap { key, versions in
                guard key.hasPrefix(prefix) else { return nil }
                return object(key, versions.last { $0.revision <= revision })
            }
        }
    }

    private let state = Mutex(State())
    private let hub = WatchHub(revision: 0, recentLimit: 1024)

    public init() {}

    public func run() async throws {
        while true {
            try await Task.sleep(for: .seconds(1))
            removeEnded(now: Date())
        }
    }

    public func currentRevision() -> Revision { hub.revision }

    public func get(_ key: String) -> StoredObject? {
        state.withLock { $0.current(key) }
    }

    public func list(
        prefix: String, after: String?, limit: Int?, at wanted: Revision?
    ) throws(StoreError) -> StoredPage {
        let found = state.withLock { state -> Result<([StoredObject], Revision), StoreError> in
            let revision = wanted ?? state.revision
            guard revision >= state.compacted else { return .failure(.compacted(state.compacted)) }
            guard revision <= state.revision else { return .failure(.notYet(revision, now: state.revision)) }
            return .success((state.objects(prefix: prefix, at: revision), revision))
        }
        let (matching, revision) = try found.get()
        let sorted = matching.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        let start =
            after.map { after in
                sorted.partitioningIndex { after.utf8.lexicographicallyPrecedes($0.key.utf8) }
            } ?? 0
        let end = limit.map { start + min($0, sorted.count - start) } ?? sorted.count
        return StoredPage(
            objects: Array(sorted[start..<end]), revision: revision, remaining: sorted.count - end)
    }

    public func put(
        _ key: String, _ value: [UInt8], expecting: Expectation, lifetime: Duration?
    ) throws(StoreError) -> Revision {
        try commit([StoreChange(key, value, expecting: expecting, lifetime: lifetime)])
    }

    public func put(_ key: String, _ value: [UInt8], expecting: Expectation) throws(StoreError) -> Revision {
        try put(key, value, expecting: expecting, lifetime: nil)
    }

    public func delete(_ key: String, expecting: Expectation) throws(StoreError) -> Revision {
        try commit([StoreChange(key, nil, expecting: expecting)])
    }

    public func commit(_ changes: [StoreChange]) throws(StoreError) -> Revision {
        let result = state.withLock { state -> Result<Revision, StoreError> in
            if let error = refusal(of: changes, in: state) { return .failure(error) }
            let first = state.revision + 1
            let now = Date()
            let events = changes.compactMap { apply($0, to: &state, now: now) }
            state.log += events
            // Within the lock, so that watchers get events in order.
            hub.publish(events)
            return .success(first)
        }
        return try result.get()
    }

    private func refusal(of changes: [StoreChange], in state: State) -> StoreError? {
        for (index, change) in changes.enumerated() {
            let current = state.current(change.key)?.revision
            if index == 0 {
                let isMet = change.expecting.holds(for: current) && (current != nil || change.value != nil)
                if !isMet { return .conflict(current) }
            } else if !change.expecting.holds(for: current) {
                return .taken(change.key)
            }
        }
        return nil
    }

    private func apply(_ change: StoreChange, to state: inout State, now: Date) -> StoreEvent? {
        let current = state.current(change.key)
        guard current != nil || change.value != nil else { return nil }
        state.revision += 1
        state.versions[change.key, default: []].append(Version(revision: state.revision, value: change.value))
        if let lifetime = change.lifetime {
            state.lifetimes[state.revision] = Lifetime(key: change.key, ends: lifetime.end(from: now))
        }
        return StoreEvent(
            key: change.key, revision: state.revision,
            change: change.value.map { .put($0, created: current == nil) } ?? .deleted)
    }

    /// Removes the values whose lifetimes have ended.
    func removeEnded(now: Date) {
        let ended = state.withLock { state in
            let ended = state.lifetimes.filter { $0.value.ends <= now }
            for revision in ended.keys { state.lifetimes[revision] = nil }
            return ended
        }
        for (revision, lifetime) in ended.sorted(by: { $0.key < $1.key }) {
            // Another value may have come in its place.
            _ = try? delete(lifetime.key, expecting: .revision(revision))
        }
    }

    public func watch(prefix: String, after revision: Revision) throws(StoreError) -> StoreWatch {
        let compacted = state.withLock { $0.compacted }
        guard revision >= compacted else { throw .compacted(compacted) }
        switch hub.subscribe(prefix: prefix, after: revision) {
        case .complete(let stream):
            return stream
        case .live(let stream, let now):
            let missed = state.withLock { state in
                state.log.filter { $0.revision > revision && $0.revision <= now && $0.key.hasPrefix(prefix) }
            }
            return stream.preceded(by: StoreBatch(events: missed, revision: now))
        }
    }

    public func requestProgress() { hub.tellProgress() }

    public func setAside(_ damaged: DamagedValue) {
        state.withLock { state in
            guard state.versions[damaged.key]?.last?.revision == damaged.revision else { return }
            state.versions[damaged.key] = nil
        }
    }

    public func problem() -> StoreError? { nil }

    public func compact(through revision: Revision) {
        state.withLock { state in
            state.compacted = max(state.compacted, min(revision, state.revision))
            let keep = state.log.partitioningIndex { $0.revision > state.compacted }
            let keys = Set(state.log[..<keep].map(\.key))
            state.log.removeFirst(keep)
            for key in keys {
                guard var versions = state.versions[key] else { continue }
                // What a list at the compacted revision shows stays.
                let later = versions.partitioningIndex { $0.revision > state.compacted }
                versions.removeFirst(max(0, later - 1))
                if let first = versions.first, first.revision <= state.compacted, first.value == nil {
                    versions.removeFirst()
                }
                state.versions[key] = versions.isEmpty ? nil : versions
            }
        }
        hub.forget(through: revision)
    }
}
