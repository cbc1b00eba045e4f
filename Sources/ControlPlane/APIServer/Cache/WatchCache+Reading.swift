import APIObjects
import Algorithms
import ObjectStore
import Synchronization

extension WatchCache {
    var revision: Revision { state.withLock { $0.revision } }

    /// Waits until every change that the store has acknowledged by now is here.
    func catchUp() async throws { await wait(for: try await store.currentRevision()) }

    /// Waits until this revision is here, or the task is cancelled.
    func wait(for revision: Revision) async {
        if state.withLock({ $0.revision >= revision }) { return }
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isThere = state.withLock { state in
                    if state.revision >= revision || Task.isCancelled { return true }
                    state.waiters[id] = Waiter(revision: revision, continuation: continuation)
                    return false
                }
                if isThere { continuation.resume() } else { waits.yield() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.continuation.resume()
        }
    }

    func get(_ resource: ResourceDefinition, key: String) -> CachedObject? {
        state.withLock { state in
            guard let objects = state.resources[resource.storagePrefix]?.objects else { return nil }
            let index = objects.partitioningIndex { !$0.key.utf8.lexicographicallyPrecedes(key.utf8) }
            return index < objects.count && objects[index].key == key ? objects[index] : nil
        }
    }

    func snapshot(_ resource: ResourceDefinition) -> Snapshot {
        state.withLock { Snapshot(objects: $0.resources[resource.storagePrefix]?.objects ?? [], revision: $0.revision) }
    }

    /// Keeps a snapshot for the later pages of a list.
    func keep(_ snapshot: Snapshot, of resource: ResourceDefinition) {
        state.withLock { state in
            guard var pages = state.resources[resource.storagePrefix]?.pages else { return }
            guard !pages.contains(where: { $0.revision == snapshot.revision }) else { return }
            pages.append(snapshot)
            if pages.count > Self.keptPages { pages.removeFirst() }
            state.resources[resource.storagePrefix]?.pages = pages
        }
    }

    /// The objects as they were at a revision, if that is now, a kept page, or not before the first change that is
    /// still known.
    func snapshot(_ resource: ResourceDefinition, at revision: Revision) -> Snapshot? {
        let found = state.withLock { state -> (page: Snapshot?, entry: Resource)? in
            guard let entry = state.resources[resource.storagePrefix] else { return nil }
            if let page = entry.pages.first(where: { $0.revision == revision }) { return (page, entry) }
            guard revision <= state.revision, revision >= entry.eventsAfter else { return nil }
            return (nil, entry)
        }
        return found.map { $0.page ?? Snapshot(objects: $0.entry.objects(at: revision), revision: revision) }
    }
}
