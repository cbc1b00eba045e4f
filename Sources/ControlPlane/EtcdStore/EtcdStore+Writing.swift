import FoundationEssentials
public import ObjectStore
import SwiftProtobuf
import Synchronization

extension EtcdStore {
    public func put(
        _ key: String, _ value: [UInt8], expecting: Expectation, lifetime: Duration?
    ) async throws(StoreError) -> Revision {
        var request = EtcdPutRequest()
        request.key = try data(key)
        request.value = Data(value)
        guard let lifetime else { return try await put(request, expecting) }
        request.lease = try await lease(lifetime.lifetimeSeconds)
        do throws(EtcdFailure) {
            return try await write(.requestPut(request), request.key, expecting)
        } catch {
            guard case .leaseEnded = error else { throw error.storeError }
        }
        // It ended early: etcd was restored, or stood still for long.
        leases.withLock { $0.forget(request.lease) }
        request.lease = try await lease(lifetime.lifetimeSeconds)
        return try await put(request, expecting)
    }

    private func put(_ request: EtcdPutRequest, _ expecting: Expectation) async throws(StoreError) -> Revision {
        do throws(EtcdFailure) {
            return try await write(.requestPut(request), request.key, expecting)
        } catch {
            throw error.storeError
        }
    }

    public func delete(_ key: String, expecting: Expectation) async throws(StoreError) -> Revision {
        var request = EtcdDeleteRangeRequest()
        request.key = try data(key)
        do throws(EtcdFailure) {
            return try await write(.requestDeleteRange(request), request.key, expecting)
        } catch {
            throw error.storeError
        }
    }

    private func data(_ key: String) throws(StoreError) -> Data {
        guard let data = keys.data(key) else { throw .unavailable("\"\(key)\" is not a key of this store") }
        return data
    }

    /// A transaction that changes the key if it is as expected, and tells its revision if it is not.
    private func write(
        _ change: EtcdRequestOp.OneOf_Request, _ key: Data, _ expecting: Expectation
    ) async throws(EtcdFailure) -> Revision {
        var request = EtcdTxnRequest()
        if let expected = Self.modRevision(expecting) {
            request.compare = [.modRevision(of: key, is: expected)]
        }
        request.success = [.with { $0.request = change }]
        var look = EtcdRangeRequest()
        look.key = key
        look.keysOnly = true
        request.failure = [.with { $0.requestRange = look }]
        let response = try await connections.call(EtcdAPI.transaction, request)
        guard response.succeeded else {
            throw .refused(.conflict(response.responses.first?.responseRange.kvs.first?.modRevision))
        }
        if case .responseDeleteRange(let removal) = response.responses.first?.response, removal.deleted == 0 {
            throw .refused(.conflict(nil))
        }
        return response.header.revision
    }

    /// The revision of the last change that etcd is to compare with: 0 for a key that is not there.
    private static func modRevision(_ expecting: Expectation) -> Revision? {
        switch expecting {
        case .anything: nil
        case .absent: 0
        // No value has a revision below one.
        case .revision(let revision): revision > 0 ? revision : -1
        }
    }

    private func lease(_ lifetime: Int64) async throws(StoreError) -> Int64 {
        let now = ContinuousClock.now
        if let id = leases.withLock({ $0.take(lifetime, now: now) }) { return id }
        var request = EtcdLeaseGrantRequest()
        request.ttl = LeasePool.duration(lifetime)
        let granted = try await call(EtcdAPI.grantLease, request)
        guard granted.error.isEmpty else { throw .unavailable("no lease: \(granted.error)") }
        // From before the request: it may have been granted at any time since.
        leases.withLock { $0.keep(granted.id, for: lifetime, ends: now + .seconds(granted.ttl), now: now) }
        return granted.id
    }

    /// Writes a key beside all others that watches see and tell nobody of: when they see it, they have seen all that
    /// came before. (etcd has a request for that, which is right from 3.4.25 and 3.5.8 on: before, its answer may
    /// overtake changes. Versions cannot be told apart where members have different ones.)
    public func requestProgress() async throws(StoreError) {
        var request = EtcdPutRequest()
        request.key = keys.marker
        _ = try await call(EtcdAPI.put, request)
    }

    public func compact(through revision: Revision) async throws(StoreError) {
        let through = min(revision, try await currentRevision())
        guard through > 0 else { return }
        var request = EtcdCompactionRequest()
        request.revision = through
        do throws(EtcdFailure) {
            _ = try await connections.call(EtcdAPI.compact, request)
        } catch {
            // Somebody was faster.
            guard case .compacted = error else { throw error.storeError }
        }
    }

    /// Agrees with the other servers by a key that counts the turns, as kube-apiserver's do (apiserver:
    /// storage/etcd3/compact.go): so they may share an etcd.
    public func compact(inTurn turn: CompactionTurn?) async throws(StoreError) -> CompactionTurn {
        let number = turn?.number ?? 0
        let revision = turn?.revision ?? 0
        var put = EtcdPutRequest()
        put.key = EtcdKeys.compaction
        put.value = Data(String(revision).utf8)
        var look = EtcdRangeRequest()
        look.key = EtcdKeys.compaction
        var request = EtcdTxnRequest()
        request.compare = [.version(of: EtcdKeys.compaction, is: number)]
        request.success = [.with { $0.requestPut = put }]
        request.failure = [.with { $0.requestRange = look }]
        let response = try await call(EtcdAPI.transaction, request)
        guard response.succeeded else {
            let others = response.responses.first?.responseRange.kvs.first?.version ?? 0
            return CompactionTurn(number: others, revision: response.header.revision)
        }
        if revision > 0 { try await compact(through: revision) }
        return CompactionTurn(number: number + 1, revision: response.header.revision)
    }
}

extension EtcdCompare {
    static func modRevision(of key: Data, is revision: Revision) -> EtcdCompare {
        .with {
            $0.result = .equal
            $0.target = .mod
            $0.key = key
            $0.modRevision = revision
        }
    }

    /// - Parameter version: how often the key has been written since it was made; 0: it is not there.
    static func version(of key: Data, is version: Int64) -> EtcdCompare {
        .with {
            $0.result = .equal
            $0.target = .version
            $0.key = key
            $0.version = version
        }
    }
}
