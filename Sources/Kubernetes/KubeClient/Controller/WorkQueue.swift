import Synchronization

/// The keys that a ``Controller`` must reconcile. Handlers of informers add to it.
public final class WorkQueue<Key: Hashable & Sendable>: Sendable {
    private let state = Mutex(WorkQueueState<Key>())
    private let clock: RetryClock
    private let observer: WorkQueueObserver
    /// Of the controller's run that is under way.
    private let wakeUp = Mutex<AsyncStream<Void>.Continuation?>(nil)

    public init(clock: RetryClock = .system, observer: WorkQueueObserver = .none) {
        self.clock = clock
        self.observer = observer
    }

    /// Keys that could be worked on now.
    public var depth: Int { state.withLock { $0.depth } }

    /// Whether no key waits, is delayed, or is in progress.
    public var isIdle: Bool { state.withLock { $0.isIdle } }

    /// Adds a key, unless it waits already.
    public func add(_ key: Key) {
        let now = clock.now()
        guard state.withLock({ $0.add(key, now: now) }) else { return }
        observer.added()
        wake()
    }

    /// Adds a key after a delay; an earlier requested time wins.
    public func add(_ key: Key, after delay: Duration) {
        guard delay > .zero else { return add(key) }
        let due = clock.now() + delay
        state.withLock { $0.add(key, at: due) }
        observer.retried()
        wake()
    }

    /// How many times in a row the key has failed.
    public func failureCount(_ key: Key) -> Int { state.withLock { $0.failureCount(key) } }

    /// What wakes a run. A stream ends with the task that reads it, so each run has its own.
    func wakes() -> AsyncStream<Void> {
        let (wakes, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        wakeUp.withLock { $0 = continuation }
        continuation.yield()
        return wakes
    }

    func wake() { wakeUp.withLock { $0 }?.yield() }

    /// Adds what is due and returns the next key, unless that many are worked on already.
    func take(limit: Int) -> Key? {
        let now = clock.now()
        let (released, next) = state.withLock { state in
            let released = state.release(at: now)
            return (released, state.take(limit: limit, now: now))
        }
        for _ in 0..<released { observer.added() }
        guard let next else { return nil }
        observer.taken(next.waited)
        return next.key
    }

    /// How long until the next delayed key is due; nil: there is none.
    func timeToNext() -> Duration? {
        let now = clock.now()
        return state.withLock { $0.nextDue.map { max(.zero, $0 - now) } }
    }

    func finish(_ key: Key, _ outcome: Outcome) {
        let now = clock.now()
        let took = state.withLock { state in
            switch outcome {
            case .done:
                state.forget(key)
            case .again(let delay):
                state.forget(key)
                state.add(key, at: now + delay)
            case .failed(let least):
                state.add(key, at: now + max(state.failed(key), least))
            }
            return state.done(key, now: now)
        }
        observer.worked(took)
        if outcome != .done { observer.retried() }
        wake()
    }

    enum Outcome: Hashable, Sendable {
        case done
        case again(after: Duration)
        /// Retry after a growing time, at least this one.
        case failed(atLeast: Duration)
    }
}

extension WorkQueue: MonitoredQueue {
    public var unfinishedWork: UnfinishedWork {
        let now = clock.now()
        return state.withLock { $0.unfinishedWork(now: now) }
    }
}

/// A work queue of any key type, for monitoring.
public protocol MonitoredQueue: Sendable {
    /// Keys that could be worked on now.
    var depth: Int { get }
    var unfinishedWork: UnfinishedWork { get }
}

/// How long the keys in progress have taken so far.
public struct UnfinishedWork: Hashable, Sendable {
    public var total = Duration.zero
    public var longest = Duration.zero

    public init() {}
}

/// Observes a work queue, for metrics.
public struct WorkQueueObserver: Sendable {
    public static let none = WorkQueueObserver(added: {}, taken: { _ in }, retried: {}, worked: { _ in })

    public var added: @Sendable () -> Void
    /// How long a key waited before its work began.
    public var taken: @Sendable (Duration) -> Void
    /// A key was requeued for later, after a failure or on request.
    public var retried: @Sendable () -> Void
    /// How long the work on one key took.
    public var worked: @Sendable (Duration) -> Void

    public init(
        added: @escaping @Sendable () -> Void, taken: @escaping @Sendable (Duration) -> Void,
        retried: @escaping @Sendable () -> Void, worked: @escaping @Sendable (Duration) -> Void
    ) {
        self.added = added
        self.taken = taken
        self.retried = retried
        self.worked = worked
    }
}
