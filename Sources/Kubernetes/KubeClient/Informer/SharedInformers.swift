public import KubeAPI
public import Logging
import Synchronization

/// One informer for each kind, created at the first request and shared.
public final class SharedInformers: Sendable {
    private struct Entry {
        /// An `Informer` of the kind.
        var informer: any Sendable
        var run: @Sendable () async -> Void
        var waitForSync: @Sendable () async -> Void
        var hasSynced: @Sendable () -> Bool
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var isRunning = false
    }

    private let client: KubeClient
    private let clock: RetryClock
    private let logger: Logger
    private let state = Mutex(State())

    public init(client: KubeClient, clock: RetryClock = .system, logger: Logger) {
        self.client = client
        self.clock = clock
        self.logger = logger
    }

    /// The informer of a kind. All must be requested before ``run(_:)``. For another selector, create a separate
    /// informer.
    /// - Parameter indexes: added to the requested ones, unless their names exist already.
    public func informer<Object: APIObject>(
        _ type: Object.Type = Object.self, indexes: [ObjectIndex<Object>] = []
    ) -> Informer<Object> {
        // A resource may be read as several types.
        let name = "\(Object.apiVersion)/\(Object.resource)/\(Object.self)"
        return state.withLock { state in
            if let present = state.entries[name]?.informer as? Informer<Object> {
                present.cache.add(indexes)
                return present
            }
            assert(!state.isRunning, "an informer was asked for after the start")
            let informer = Informer(Object.self, client: client, indexes: indexes, clock: clock, logger: logger)
            add(informer, name, &state)
            return informer
        }
    }

    /// Adds an informer, which then runs with the others.
    public func add<Object: APIObject>(_ informer: Informer<Object>) {
        state.withLock { state in
            add(informer, "\(Object.apiVersion)/\(Object.resource)/own \(state.entries.count)", &state)
        }
    }

    private func add<Object: APIObject>(_ informer: Informer<Object>, _ name: String, _ state: inout State) {
        state.entries[name] = Entry(
            informer: informer, run: { await informer.run() }, waitForSync: { await informer.waitForSync() },
            hasSynced: { informer.hasSynced })
    }

    /// The kinds whose caches have not synced yet, sorted.
    public var unsynced: [String] {
        state.withLock { $0.entries }.filter { !$0.value.hasSynced() }.map(\.key).sorted()
    }

    /// Runs all informers, and `body` once all of them have synced, until the task is cancelled or `body` returns.
    public func run(_ body: @escaping @Sendable () async -> Void) async {
        let entries = state.withLock { state in
            state.isRunning = true
            return Array(state.entries.values)
        }
        await withTaskGroup(of: Void.self) { group in
            for entry in entries { group.addTask { await entry.run() } }
            for entry in entries { await entry.waitForSync() }
            if !Task.isCancelled { await body() }
            group.cancelAll()
        }
    }
}
