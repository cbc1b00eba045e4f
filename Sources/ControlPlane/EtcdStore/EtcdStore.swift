import FoundationEssentials
public import ObjectStore
import Synchronization

/// A store in etcd (version 3 of its API), which several servers may share.
public final class EtcdStore: ObjectStore {
    let connections: EtcdConnections
    let keys: EtcdKeys
    let leases = Mutex(LeasePool())
    private let configuration: EtcdConfiguration
    private let watches: AsyncStream<EtcdWatch>
    private let newWatches: AsyncStream<EtcdWatch>.Continuation
    private let openCount = Mutex(0)
    /// What the last write of a value was refused with, if it was for lack of space.
    let refusal = Mutex<StoreError?>(nil)

    /// How many watches are followed.
    var openWatches: Int { openCount.withLock { $0 } }

    /// Asks nothing of etcd yet; ``run()`` must run for that.
    /// - Throws: ``StoreError/unavailable(_:)`` if the TLS files cannot be read.
    public init(_ configuration: EtcdConfiguration) throws(StoreError) {
        self.configuration = configuration
        keys = EtcdKeys(prefix: configuration.prefix, root: configuration.root)
        do {
            connections = try EtcdConnections(configuration)
        } catch {
            throw .unavailable("the certificates for etcd cannot be used: \(error)")
        }
        (watches, newWatches) = AsyncStream.makeStream()
    }

    public func run() async throws {
        defer { newWatches.finish() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.connections.run() }
            group.addTask { await self.runWatches() }
            defer { group.cancelAll() }
            try await group.next()
        }
        try Task.checkCancellation()
    }

    private func runWatches() async {
        await withDiscardingTaskGroup { group in
            for await watch in watches {
                openCount.withLock { $0 += 1 }
                group.addTask {
                    await watch.run(self.connections)
                    self.openCount.withLock { $0 -= 1 }
                }
            }
            group.cancelAll()
        }
    }

    /// Leaves it where it is: in a store that others write to, what this server cannot read may be theirs.
    public func setAside(_ damaged: DamagedValue) async throws(StoreError) {}

    public func problem() async -> StoreError? { refusal.withLock(\.self) }

    // MARK: Reading

    public func currentRevision() async throws(StoreError) -> Revision {
        var request = EtcdRangeRequest()
        request.key = keys.marker
        request.countOnly = true
        return try await call(EtcdAPI.range, request).header.revision
    }

    public func get(_ key: String) async throws(StoreError) -> StoredObject? {
        guard let data = keys.data(key) else { return nil }
        var request = EtcdRangeRequest()
        request.key = data
        return try await call(EtcdAPI.range, request).kvs.first.map { found in
            StoredObject(key: key, value: [UInt8](found.value), revision: found.modRevision)
        }
    }

    public func list(
        prefix: String, after: String?, limit: Int?, at revision: Revision?
    ) async throws(StoreError) -> StoredPage {
        guard var range = keys.range(prefix: prefix, after: after) else {
            let now = try await currentRevision()
            return StoredPage(objects: [], revision: revision ?? now, remaining: 0)
        }
        var page = StoredPage(objects: [], revision: revision ?? 0, remaining: 0)
        var size = PageSize()
        while true {
            var request = EtcdRangeRequest()
            request.key = range.start
            request.rangeEnd = range.end
            request.revision = page.revision
            // One at least: zero would mean all.
            request.limit = Int64(max(1, min(size.count, (limit ?? .max) - page.objects.count)))
            let response = try await pages(request)
            if page.revision == 0 { page.revision = response.header.revision }
            var bytes = 0
            for found in response.kvs {
                bytes += found.value.count
                guard let key = keys.key(found.key) else { continue }
                page.objects.append(StoredObject(key: key, value: [UInt8](found.value), revision: found.modRevision))
            }
            page.remaining = Int(clamping: response.count) - response.kvs.count
            guard response.more, let last = response.kvs.last, page.objects.count < limit ?? .max else { break }
            size.note(objects: response.kvs.count, bytes: bytes)
            range.start = last.key + [0]
        }
        if let limit, limit < page.objects.count {
            page.remaining += page.objects.count - limit
            page.objects.removeLast(page.objects.count - limit)
        }
        return page
    }

    private func pages(_ request: EtcdRangeRequest) async throws(StoreError) -> EtcdRangeResponse {
        do throws(EtcdFailure) {
            return try await connections.call(EtcdAPI.range, request)
        } catch {
            guard case .compacted = error else { throw error.storeError }
            throw .compacted(try await oldestRevision(after: request.revision))
        }
    }

    /// The oldest revision that is known, when a later one than `revision` is. Only a watch is told.
    private func oldestRevision(after revision: Revision) async throws(StoreError) -> Revision {
        do throws(StoreError) {
            _ = try await watch(prefix: "", after: revision)
            return revision + 1
        } catch {
            guard case .compacted(let oldest) = error else { throw error }
            return oldest
        }
    }

    public func watch(prefix: String, after revision: Revision) async throws(StoreError) -> StoreWatch {
        let (watch, stream) = EtcdWatch.make(WatchPosition(keys: keys, prefix: prefix, after: revision))
        if case .terminated = newWatches.yield(watch) { watch.end() }
        try await watch.opened(within: configuration.requestTimeout)
        guard try await isCompacted(revision) else { return stream }
        // Soon the watch is told how far.
        do {
            for try await _ in stream {}
            throw StoreError.unavailable("the store is closed")
        } catch {
            throw error as? StoreError ?? .unavailable("\(error)")
        }
    }

    /// Whether changes after a revision are compacted. A watch begins all the same, and ends then.
    private func isCompacted(_ revision: Revision) async throws(StoreError) -> Bool {
        var request = EtcdRangeRequest()
        request.key = keys.marker
        request.countOnly = true
        request.revision = max(1, revision)
        do throws(EtcdFailure) {
            _ = try await connections.call(EtcdAPI.range, request)
            return false
        } catch {
            switch error {
            case .compacted: return true
            // It is one to come, or the watch is in trouble as well and goes on by itself.
            default: return false
            }
        }
    }

    func call<Request, Response>(
        _ method: EtcdMethod<Request, Response>, _ request: Request
    ) async throws(StoreError) -> Response {
        do throws(EtcdFailure) {
            return try await connections.call(method, request)
        } catch {
            throw error.storeError
        }
    }
}
