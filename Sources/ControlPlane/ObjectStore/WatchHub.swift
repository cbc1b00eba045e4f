import Algorithms
import Synchronization

/// Hands events to watchers as they are committed, and keeps the latest of them for watchers that start a little late.
/// A watcher that does not keep up is dropped.
final class WatchHub: Sendable {
    private struct Subscriber {
        var prefix: String
        var continuation: StoreWatch.Continuation
    }

    private struct State {
        var revision: Revision
        /// Watches may begin after this revision or a later one, from `recent` alone.
        var recentAfter: Revision
        var recent: [StoreEvent] = []
        var subscribers: [Int: Subscriber] = [:]
        var nextSubscriber = 0
    }

    private let state: Mutex<State>
    private let recentLimit: Int
    private let bufferedBatches: Int

    /// - Parameters:
    ///   - revision: that of the last change in the store.
    ///   - recentLimit: the number of events to keep.
    ///   - bufferedBatches: how far a watcher may fall behind.
    init(revision: Revision, recentLimit: Int, bufferedBatches: Int = 4096) {
        state = Mutex(State(revision: revision, recentAfter: revision))
        self.recentLimit = recentLimit
        self.bufferedBatches = bufferedBatches
    }

    var revision: Revision { state.withLock { $0.revision } }

    /// Makes committed events visible. Calls must come one after the other, in the order of revisions.
    func publish(_ events: [StoreEvent]) {
        guard let last = events.last else { return }
        let slow = state.withLock { state in
            var slow: [StoreWatch.Continuation] = []
            state.revision = last.revision
            state.recent.append(contentsOf: events)
            if state.recent.count > 2 * recentLimit {
                let surplus = state.recent.count - recentLimit
                state.recentAfter = state.recent[surplus - 1].revision
                state.recent.removeFirst(surplus)
            }
            for (id, subscriber) in state.subscribers {
                let wanted = Self.matching(events, subscriber.prefix)
                guard !wanted.isEmpty else { continue }
                let batch = StoreBatch(events: wanted, revision: last.revision)
                if case .dropped = subscriber.continuation.yield(batch) {
                    slow.append(subscriber.continuation)
                    state.subscribers[id] = nil
                }
            }
            return slow
        }
        // Outside the lock: the termination handlers take it.
        for continuation in slow { continuation.finish(throwing: StoreError.slowWatcher) }
    }

    /// Tells all watchers how far they are. One that is so far behind that this has no room learns it later.
    func tellProgress() {
        state.withLock { state in
            for subscriber in state.subscribers.values {
                subscriber.continuation.yield(StoreBatch(events: [], revision: state.revision))
            }
        }
    }

    enum Subscription {
        /// The stream begins with all that was asked for.
        case complete(StoreWatch)
        /// The stream begins after `revision`; the changes up to it must be read from the log and put before it.
        case live(StoreWatch, after: Revision)
    }

    func subscribe(prefix: String, after revision: Revision) -> Subscription {
        let (stream, continuation) = StoreWatch.makeStream(bufferingPolicy: .bufferingOldest(bufferedBatches))
        let (id, replayed, now) = state.withLock { state -> (Int, Bool, Revision) in
            let id = state.nextSubscriber
            state.nextSubscriber += 1
            state.subscribers[id] = Subscriber(prefix: prefix, continuation: continuation)
            let replayable = revision >= state.recentAfter
            if replayable {
                let start = state.recent.partitioningIndex { $0.revision > revision }
                let wanted = Self.matching(state.recent[start...], prefix)
                if !wanted.isEmpty { continuation.yield(StoreBatch(events: wanted, revision: state.revision)) }
            }
            return (id, replayable, state.revision)
        }
        continuation.onTermination = { [weak self] _ in self?.unsubscribe(id) }
        return replayed ? .complete(stream) : .live(stream, after: now)
    }

    /// Forgets events up to `revision`.
    func forget(through revision: Revision) {
        state.withLock { state in
            guard revision > state.recentAfter else { return }
            let keep = state.recent.partitioningIndex { $0.revision > revision }
            state.recent.removeFirst(keep)
            state.recentAfter = min(revision, state.revision)
        }
    }

    func close() {
        let open = state.withLock { state in
            defer { state.subscribers = [:] }
            return Array(state.subscribers.values)
        }
        for subscriber in open { subscriber.continuation.finish() }
    }

    private func unsubscribe(_ id: Int) {
        _ = state.withLock { $0.subscribers.removeValue(forKey: id) }
    }

    private static func matching(_ events: some Sequence<StoreEvent>, _ prefix: String) -> [StoreEvent] {
        prefix.isEmpty ? Array(events) : events.filter { $0.key.hasPrefix(prefix) }
    }
}
