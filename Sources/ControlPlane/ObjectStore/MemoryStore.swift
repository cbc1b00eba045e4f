import Algorithms
import Synchronization

/// A store that ends with its process. For tests, and for servers whose objects are made anew at each start.
public final class MemoryStore: ObjectStore {
    private struct State {
        var revision: Revision = 0
        var compacted: Revision = 0
        var values: [String: StoredObject] = [:]
        var log: [StoreEvent] = []
    }

    private let state = Mutex(State())
    private let hub = WatchHub(revision: 0, recentLimit: 1024)

    public init() {}

    public func currentRevision() -> Revision { hub.revision }

    public func get(_ key: String) -> StoredObject? {
        state.withLock { $0.values[key] }
    }

    public func list(prefix: String, after: String?, limit: Int?) -> StoredPage {
        let (matching, revision) = state.withLock { state in
            (state.values.values.filter { $0.key.hasPrefix(prefix) }, state.revision)
        }
        let sorted = matching.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        let start =
            after.map { after in
                sorted.partitioningIndex { after.utf8.lexicographicallyPrecedes($0.key.utf8) }
            } ?? 0
        let end = min(sorted.count, start + (limit ?? sorted.count))
        return StoredPage(
            objects: Array(sorted[start..<end]), revision: revision, remaining: sorted.count - end)
    }

    public func put(_ key: String, _ value: [UInt8], expecting: Expectation) throws(StoreError) -> Revision {
        try change(key, expecting) { state, current in
            state.values[key] = StoredObject(key: key, value: value, revision: state.revision)
            return .put(value, created: current == nil)
        }
    }

    public func delete(_ key: String, expecting: Expectation) throws(StoreError) -> Revision {
        try change(key, expecting) { state, current in
            guard current != nil else { return nil }
            state.values[key] = nil
            return .deleted
        }
    }

    private func change(
        _ key: String, _ expecting: Expectation, _ body: (inout State, StoredObject?) -> StoreEvent.Change?
    ) throws(StoreError) -> Revision {
        let result = state.withLock { state -> Result<Revision, StoreError> in
            let current = state.values[key]
            guard expecting.holds(for: current?.revision) else { return .failure(.conflict(current?.revision)) }
            state.revision += 1
            guard let change = body(&state, current) else {
                state.revision -= 1
                return .failure(.conflict(nil))
            }
            let event = StoreEvent(key: key, revision: state.revision, change: change)
            state.log.append(event)
            // Within the lock, so that watchers get events in order.
            hub.publish([event])
            return .success(state.revision)
        }
        return try result.get()
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
            return stream.preceded(by: missed)
        }
    }

    public func setAside(_ damaged: DamagedValue) {
        state.withLock { state in
            if state.values[damaged.key]?.revision == damaged.revision { state.values[damaged.key] = nil }
        }
    }

    public func problem() -> StoreError? { nil }

    public func compact(through revision: Revision) {
        state.withLock { state in
            state.compacted = max(state.compacted, min(revision, state.revision))
            let keep = state.log.partitioningIndex { $0.revision > state.compacted }
            state.log.removeFirst(keep)
        }
        hub.forget(through: revision)
    }
}
