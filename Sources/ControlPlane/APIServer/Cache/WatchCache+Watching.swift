import APIObjects
import Algorithms
import ObjectStore
import Synchronization

extension WatchCache {
    enum Start: Sendable {
        /// After this revision.
        case after(Revision)
        /// With all objects that there are.
        case snapshot
    }

    enum Subscription: Sendable {
        case open(id: Int, replay: [Event], snapshot: Snapshot?, stream: Watch)
        /// The wanted revision is older than this one.
        case tooOld(Revision)
    }

    func watch(_ resource: ResourceDefinition, from start: Start) -> Subscription {
        let (stream, continuation) = Watch.makeStream(bufferingPolicy: .bufferingOldest(Self.bufferedSignals))
        let result = state.withLock { state -> Subscription in
            guard var entry = state.resources[resource.storagePrefix] else {
                return .open(id: 0, replay: [], snapshot: nil, stream: stream)
            }
            var replay: [Event] = []
            var snapshot: Snapshot?
            switch start {
            case .after(let revision):
                guard revision >= entry.eventsAfter else { return .tooOld(entry.eventsAfter) }
                let first = entry.events.partitioningIndex { $0.revision > revision }
                replay = Array(entry.events[first...])
            case .snapshot:
                snapshot = Snapshot(objects: entry.objects, revision: state.revision)
            }
            let id = state.nextWatcher
            state.nextWatcher += 1
            entry.watchers[id] = continuation
            state.resources[resource.storagePrefix] = entry
            return .open(id: id, replay: replay, snapshot: snapshot, stream: stream)
        }
        if case .tooOld = result { continuation.finish() }
        return result
    }

    func endWatch(_ resource: ResourceDefinition, id: Int) {
        let watcher = state.withLock { $0.resources[resource.storagePrefix]?.watchers.removeValue(forKey: id) }
        watcher?.finish()
    }

    /// Ends every watch, when the server stops.
    func endAllWatches() {
        let (open, waiters) = state.withLock { state in
            let open = state.resources.values.flatMap(\.watchers.values)
            for prefix in state.resources.keys { state.resources[prefix]?.watchers = [:] }
            defer { state.waiters = [:] }
            return (open, state.waiters.values)
        }
        for watcher in open { watcher.finish() }
        for waiter in waiters { waiter.continuation.resume() }
    }
}
