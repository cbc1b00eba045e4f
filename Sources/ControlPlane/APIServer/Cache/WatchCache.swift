import APIObjects
import Algorithms
import JSONStream
import Logging
import ObjectStore
import Synchronization

/// All objects and their latest changes in memory, kept up to date by one watch over the store. Reads, lists and
/// watches are answered from here.
final class WatchCache: ObjectSource {
    typealias Event = ObjectEvent

    enum Signal: Sendable {
        case event(Event)
        /// Once a second; all changes up to this revision were sent.
        case tick(Revision)
    }

    typealias Watch = AsyncStream<Signal>

    struct Snapshot: Sendable {
        /// In the order of keys.
        var objects: [CachedObject]
        var revision: Revision
    }

    struct Resource {
        let form: StoredForm
        var objects: [CachedObject] = []
        var events: [Event] = []
        /// Watches may begin after this revision or a later one.
        var eventsAfter: Revision = 0
        var watchers: [Int: Watch.Continuation] = [:]
        var pages: [Snapshot] = []
        var observers: [@Sendable (Event) -> Void] = []
        /// What happened while the kind's objects are read for the first time; nil when they are here.
        var held: [StoreEvent]?

        /// Takes the changes after a revision back: what an object was before the first of them is what it was then.
        func objects(at revision: Revision) -> [CachedObject] {
            var then: [String: CachedObject?] = [:]
            for event in events.reversed().prefix(while: { $0.revision > revision }) {
                then.updateValue(event.previous, forKey: event.object.key)
            }
            guard !then.isEmpty else { return objects }
            let kept = objects.filter { then.index(forKey: $0.key) == nil }
            return (kept + then.values.compactMap(\.self)).sorted {
                $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
            }
        }
    }

    struct State {
        var revision: Revision = 0
        var resources: [String: Resource] = [:]
        var nextWatcher = 0
        var nextWaiter = 0
        var waiters: [Int: Waiter] = [:]
    }

    struct Waiter {
        var revision: Revision
        var continuation: CheckedContinuation<Void, Never>
    }

    private static let keptEvents = 4096
    static let bufferedSignals = 8192
    static let keptPages = 8
    /// How long a start waits for a store that cannot be reached.
    private static let patience = Duration.seconds(60)
    private static let pause = Duration.milliseconds(250)
    /// A change of ours arrives sooner, unless the machine is busy.
    private static let progressPause = Duration.milliseconds(50)

    let state: Mutex<State>
    let store: any ObjectStore
    private let logger: Logger
    /// Told when somebody begins to wait for a revision.
    private let waiting: AsyncStream<Void>
    let waits: AsyncStream<Void>.Continuation

    init(store: any ObjectStore, resources: [ResourceDefinition], logger: Logger) {
        self.store = store
        self.logger = logger
        (waiting, waits) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        var state = State()
        for resource in resources where state.resources[resource.storagePrefix] == nil {
            state.resources[resource.storagePrefix] = Resource(form: resource.storedForm)
        }
        self.state = Mutex(state)
    }

    /// Has each change of a kind told before anybody can read it; to be called before ``load()``.
    func observe(_ resource: ResourceDefinition, _ observer: @escaping @Sendable (Event) -> Void) {
        state.withLock { $0.resources[resource.storagePrefix]?.observers.append(observer) }
    }

    // MARK: Following the store

    /// Reads all that is stored. Must end before ``follow()`` begins.
    /// - Parameter patience: how long to wait for a store that cannot be reached; nil: for ever.
    /// - Throws: what keeps the store from being read.
    func load(patience: Duration? = WatchCache.patience) async throws {
        let page = try await StoreRetry(limit: patience, logger: logger).run {
            () async throws(StoreError) -> StoredPage in
            try await store.list(prefix: "/registry/", after: nil, limit: nil)
        }
        let ended = state.withLock { replace(with: page, in: &$0) }
        finish(ended)
        let damaged = page.damaged + ended.unreadable.map { DamagedValue(key: $0.key, revision: $0.revision) }
        for value in damaged {
            logger.error(
                "a stored object is damaged and left out",
                metadata: ["key": "\(value.key)", "revision": "\(value.revision)"])
            try await store.setAside(value)
        }
    }

    // MARK: Kinds that come and go

    /// Takes up a kind with all of its objects. Nothing happens if it is here.
    /// - Throws: what keeps the store from being read.
    func add(_ resource: ResourceDefinition) async throws {
        let prefix = resource.storagePrefix
        let isNew = state.withLock { state in
            guard state.resources[prefix] == nil else { return false }
            var entry = Resource(form: resource.storedForm)
            entry.held = []
            state.resources[prefix] = entry
            return true
        }
        guard isNew else { return }
        let page: StoredPage
        do {
            page = try await store.list(prefix: prefix, after: nil, limit: nil)
        } catch {
            remove(resource)
            throw error
        }
        let missed = state.withLock { state -> [Watch.Continuation] in
            let held = state.resources[prefix]?.held ?? []
            state.resources[prefix]?.held = nil
            for object in page.objects {
                let change = StoreEvent.Change.put(object.value, created: true)
                _ = apply(StoreEvent(key: object.key, revision: object.revision, change: change), to: &state)
            }
            // What they were before is not known; where there is nothing, nothing was.
            state.resources[prefix]?.events = []
            state.resources[prefix]?.eventsAfter = page.objects.isEmpty ? 0 : page.revision
            return held.filter { $0.revision > page.revision }.flatMap { event -> [Watch.Continuation] in
                apply(event, to: &state).map { send($0.event, prefix: prefix, &state) } ?? []
            }
        }
        for watcher in missed { watcher.finish() }
    }

    /// Forgets a kind. Its watches end.
    func remove(_ resource: ResourceDefinition) {
        let entry = state.withLock { $0.resources.removeValue(forKey: resource.storagePrefix) }
        for watcher in entry?.watchers.values ?? [:].values { watcher.finish() }
    }

    /// Applies the store's changes until cancelled. A watch that fell behind is begun again where it was; one that missed
    /// changes, with all that is stored.
    func follow() async throws {
        let retry = StoreRetry(limit: nil, logger: logger)
        while !Task.isCancelled {
            let revision = state.withLock { $0.revision }
            do {
                let watch = try await retry.run { () async throws(StoreError) -> StoreWatch in
                    try await store.watch(prefix: "", after: revision)
                }
                for try await batch in watch { apply(batch) }
                return
            } catch StoreError.slowWatcher {
                logger.warning("the watch cache fell behind the store and catches up", metadata: [:])
            } catch StoreError.compacted(let oldest) {
                logger.warning(
                    "the watch cache missed changes that are compacted and begins anew",
                    metadata: ["seen": "\(revision)", "compacted": "\(oldest)"])
                try await load(patience: nil)
            } catch let error as StoreError {
                logger.warning("the store's watch ended and is begun again", metadata: ["error": "\(error)"])
                try await Task.sleep(for: Self.pause)
                // What cannot be read of the past need not be, if all that there is can.
                if case .damaged = error { try await load(patience: nil) }
            }
        }
    }

    /// Values may be older than checksums are. All of the JSON has to be read: lists hand it out as it lies.
    private static func isWhole(_ object: StoredObject) -> Bool {
        (try? JSONReader.read(object.value) { try $0.skip() }) != nil
    }

    /// Has the store tell how far it is while somebody waits for that: in a store that others share, the last change
    /// may be none of ours.
    func requestProgress() async throws {
        for await _ in waiting {
            while true {
                try await Task.sleep(for: Self.progressPause)
                guard state.withLock({ !$0.waiters.isEmpty }) else { break }
                do throws(StoreError) {
                    try await store.requestProgress()
                } catch {
                    // Whoever waits has a deadline, and the store is tried again before.
                    logger.debug("the store does not tell how far it is", metadata: ["error": "\(error)"])
                }
            }
        }
    }

    /// Wakes all watchers once a second, for bookmarks and time limits.
    func tick() async throws {
        while true {
            try await Task.sleep(for: .seconds(1))
            state.withLock { state in
                for watcher in state.resources.values.lazy.flatMap(\.watchers.values) {
                    watcher.yield(.tick(state.revision))
                }
            }
        }
    }

    private func apply(_ batch: StoreBatch) {
        let ended = state.withLock { state in
            var slow: [Watch.Continuation] = []
            for event in batch.events {
                if let change = apply(event, to: &state) { slow += send(change.event, prefix: change.prefix, &state) }
            }
            state.revision = max(state.revision, batch.revision)
            return Ended(waiters: takeWaiters(&state), watchers: slow)
        }
        finish(ended)
    }

    /// Who is to be told, outside the lock, that there is nothing more to wait for.
    private struct Ended {
        /// Values that are not as this server writes them.
        var unreadable: [StoredObject] = []
        var waiters: [Waiter] = []
        var watchers: [Watch.Continuation] = []
    }

    private func takeWaiters(_ state: inout State) -> [Waiter] {
        let now = state.revision
        let woken = state.waiters.filter { $0.value.revision <= now }
        for id in woken.keys { state.waiters[id] = nil }
        return Array(woken.values)
    }

    private func finish(_ ended: Ended) {
        for waiter in ended.waiters { waiter.continuation.resume() }
        for watcher in ended.watchers { watcher.finish() }
    }

    /// `/registry/RESOURCE/` or `/registry/GROUP/RESOURCE/`, whichever is known.
    private static func prefix(of key: String, in state: State) -> String? {
        var slashes = 0
        var short: Substring?
        for index in key.utf8.indices where key.utf8[index] == UInt8(ascii: "/") {
            slashes += 1
            if slashes == 3 { short = key[...index] }
            if slashes == 4 {
                let long = String(key[...index])
                if state.resources[long] != nil { return long }
                break
            }
        }
        return short.map(String.init).flatMap { state.resources[$0] == nil ? nil : $0 }
    }

    /// Takes over all that is stored. Watchers are ended: some changes in between are not known.
    private func replace(with page: StoredPage, in state: inout State) -> Ended {
        let known = Set(page.objects.map(\.key))
        let gone = state.resources.values.flatMap { $0.objects.map(\.key).filter { !known.contains($0) } }
        for key in gone { _ = apply(StoreEvent(key: key, revision: page.revision, change: .deleted), to: &state) }
        var ended = Ended()
        for object in page.objects
        where object.revision > state.revision && Self.prefix(of: object.key, in: state) != nil {
            let change = StoreEvent.Change.put(object.value, created: true)
            let event = StoreEvent(key: object.key, revision: object.revision, change: change)
            if !Self.isWhole(object) || apply(event, to: &state) == nil { ended.unreadable.append(object) }
        }
        state.revision = page.revision
        ended.waiters = takeWaiters(&state)
        for prefix in state.resources.keys {
            state.resources[prefix]?.events = []
            state.resources[prefix]?.eventsAfter = page.revision
            state.resources[prefix]?.pages = []
            ended.watchers += (state.resources[prefix]?.watchers ?? [:]).values
            state.resources[prefix]?.watchers = [:]
        }
        return ended
    }

    private func apply(_ event: StoreEvent, to state: inout State) -> (event: Event, prefix: String)? {
        guard let prefix = Self.prefix(of: event.key, in: state), var resource = state.resources[prefix] else {
            return nil
        }
        // Taken out while it changes, so that its arrays are not copied.
        state.resources[prefix] = nil
        defer { state.resources[prefix] = resource }
        if resource.held != nil {
            resource.held?.append(event)
            return nil
        }
        let index = resource.objects.partitioningIndex {
            !$0.key.utf8.lexicographicallyPrecedes(event.key.utf8)
        }
        let current =
            index < resource.objects.count && resource.objects[index].key == event.key
            ? resource.objects[index] : nil
        let change: Event
        switch event.change {
        case .put(let value, _):
            guard let bytes = resource.form.wire(value, revision: event.revision),
                let facts = try? CachedObject.Facts(in: bytes)
            else {
                logger.error("a stored value is not as this server writes it", metadata: ["key": "\(event.key)"])
                return nil
            }
            let object = CachedObject(key: event.key, revision: event.revision, bytes: bytes, facts: facts)
            if current != nil { resource.objects[index] = object } else { resource.objects.insert(object, at: index) }
            change = Event(kind: current == nil ? .added : .modified, object: object, previous: current)
        case .deleted:
            guard let current else { return nil }
            resource.objects.remove(at: index)
            let last = CachedObject(
                key: event.key, revision: event.revision,
                bytes: resource.form.rewrite(current.bytes, revision: event.revision), facts: current.facts)
            change = Event(kind: .deleted, object: last, previous: current)
        }
        for observer in resource.observers { observer(change) }
        resource.events.append(change)
        if resource.events.count > 2 * Self.keptEvents {
            let surplus = resource.events.count - Self.keptEvents
            resource.eventsAfter = resource.events[surplus - 1].revision
            resource.events.removeFirst(surplus)
        }
        return (change, prefix)
    }

    private func send(_ event: Event, prefix: String, _ state: inout State) -> [Watch.Continuation] {
        var slow: [Watch.Continuation] = []
        for (id, watcher) in state.resources[prefix]?.watchers ?? [:] {
            if case .dropped = watcher.yield(.event(event)) {
                state.resources[prefix]?.watchers[id] = nil
                slow.append(watcher)
            }
        }
        return slow
    }
}
