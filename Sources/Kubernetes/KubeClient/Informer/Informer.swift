public import KubeAPI
public import Logging
import Synchronization

/// A change of an object: `old` is nil for a new one, `new` is nil for a deleted one. Both are set, and equal, when a
/// resync shows it again.
public struct ObjectTransition<Object: APIObject>: Sendable {
    public var old: Object?
    public var new: Object?

    public init(old: Object?, new: Object?) {
        self.old = old
        self.new = new
    }

    /// The current object, or its last state if it was deleted.
    public var latest: Object? { new ?? old }
}

/// One list and watch of a kind, with a cache, shared by all handlers.
public final class Informer<Object: APIObject>: Sendable {
    /// Called for one change after the other, after the cache was updated. Must not block.
    public typealias Handler = @Sendable (ObjectTransition<Object>) -> Void

    private struct State {
        var handlers: [Handler] = []
        var isSynced = false
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter = 0
    }

    public let cache: InformerCache<Object>
    private let client: KubeClient
    private let selector: ObjectSelector
    private let resync: Duration?
    private let clock: RetryClock
    private let logger: Logger
    private let state = Mutex(State())

    /// - Parameter resync: the interval at which handlers get all objects again; nil: never.
    public init(
        _ type: Object.Type = Object.self, client: KubeClient, selector: ObjectSelector = .all,
        indexes: [ObjectIndex<Object>] = [], resync: Duration? = nil, clock: RetryClock = .system, logger: Logger
    ) {
        self.client = client
        self.selector = selector
        self.resync = resync
        self.clock = clock
        self.logger = logger
        cache = InformerCache(indexes: indexes)
    }

    /// Adds a handler. A handler added after the start gets only later changes.
    public func onChange(_ handler: @escaping Handler) { state.withLock { $0.handlers.append(handler) } }

    /// Whether the cache has held everything once.
    public var hasSynced: Bool { state.withLock { $0.isSynced } }

    /// Returns when the cache has held everything once, or when the waiting task is cancelled.
    public func waitForSync() async {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.isSynced || Task.isCancelled { return true }
                    state.waiting[id] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: id) }?.resume()
        }
    }

    /// Lists and watches until the task is cancelled. May run again later; the cache is empty in between.
    public func run() async {
        defer {
            state.withLock { $0.isSynced = false }
            cache.removeAll()
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await Reflector(
                    Object.self, client: self.client, selector: self.selector, clock: self.clock, logger: self.logger
                ) { self.take($0) }.run()
            }
            if let resync {
                group.addTask {
                    while (try? await self.clock.sleep(resync)) != nil {
                        for object in self.cache.all { self.tell(ObjectTransition(old: object, new: object)) }
                    }
                }
            }
        }
    }

    private func take(_ event: ReflectorEvent<Object>) {
        switch event {
        case .changed(let changes):
            for change in changes {
                switch change {
                case .upserted(let object):
                    tell(ObjectTransition(old: cache.insert(object), new: object))
                case .deleted(let key):
                    if let old = cache.remove(key) { tell(ObjectTransition(old: old, new: nil)) }
                }
            }
        case .synced:
            release()
        case .undecodable(let object):
            let key = object.key.map { "\($0)" } ?? "?"
            logger.warning(
                "an object of \(Object.resource) cannot be read and is skipped",
                metadata: ["key": "\(key)", "error": "\(object.error)"])
        }
    }

    private func tell(_ transition: ObjectTransition<Object>) {
        for handler in state.withLock({ $0.handlers }) { handler(transition) }
    }

    private func release() {
        let waiting = state.withLock { state in
            state.isSynced = true
            defer { state.waiting = [:] }
            return state.waiting.values
        }
        for continuation in waiting { continuation.resume() }
    }
}
