import FoundationEssentials
public import ObjectStore
import SwiftProtobuf
import Synchronization

extension EtcdStore {
    public var isShared: Bool { true }

    public func commit(_ changes: [StoreChange]) async throws(StoreError) -> Revision {
        let hasValues = changes.contains { $0.value != nil }
        do throws(StoreError) {
            let revision = try await commitWithLeases(changes)
            if hasValues { refusal.withLock { $0 = nil } }
            return revision
        } catch {
            if case .full = error { refusal.withLock { $0 = error } }
            throw error
        }
    }

    private func commitWithLeases(_ changes: [StoreChange]) async throws(StoreError) -> Revision {
        do throws(EtcdFailure) {
            return try await transact(changes)
        } catch {
            guard case .leaseEnded = error else { throw error.storeError }
        }
        // It ended early: etcd was restored, or stood still for long.
        leases.withLock { $0 = LeasePool() }
        do throws(EtcdFailure) {
            return try await transact(changes)
        } catch {
            throw error.storeError
        }
    }

    private func transact(_ changes: [StoreChange]) async throws(EtcdFailure) -> Revision {
        var request = EtcdTxnRequest()
        for (index, change) in changes.enumerated() {
            guard let key = keys.data(change.key) else {
                throw .refused(.unavailable("\"\(change.key)\" is not a key of this store"))
            }
            var lease: Int64 = 0
            if change.value != nil, let lifetime = change.lifetime {
                lease = try await self.lease(lifetime.lifetimeSeconds)
            }
            request.success.append(.with { $0.request = Self.operation(change, key, lease: lease) })
            if let condition = Self.condition(change, key, isFirst: index == 0) { request.compare.append(condition) }
            var look = EtcdRangeRequest()
            look.key = key
            look.keysOnly = true
            request.failure.append(.with { $0.requestRange = look })
        }
        let response = try await connections.call(EtcdAPI.transaction, request)
        guard response.succeeded else {
            let found = response.responses.map { $0.responseRange.kvs.first?.modRevision }
            throw .refused(Self.refusal(of: changes, found))
        }
        return response.header.revision
    }

    private static func operation(
        _ change: StoreChange, _ key: Data, lease: Int64
    ) -> EtcdRequestOp.OneOf_Request {
        guard let value = change.value else { return .requestDeleteRange(.with { $0.key = key }) }
        return .requestPut(
            .with {
                $0.key = key
                $0.value = Data(value)
                $0.lease = lease
            })
    }

    /// What etcd is to compare: the revision of the last change is 0 for a key that is not there.
    private static func condition(_ change: StoreChange, _ key: Data, isFirst: Bool) -> EtcdCompare? {
        switch change.expecting {
        case .absent: .modRevision(of: key, is: 0)
        // No value has a revision below one.
        case .revision(let revision): .modRevision(of: key, is: revision > 0 ? revision : -1)
        case .anything: isFirst && change.value == nil ? .modRevision(of: key, is: 0, .greater) : nil
        }
    }

    /// - Parameter found: the keys' revisions, nil where there is no value.
    private static func refusal(of changes: [StoreChange], _ found: [Revision?]) -> StoreError {
        for (index, change) in changes.enumerated() where index < found.count {
            let isMet = change.expecting.holds(for: found[index])
            if index == 0, !isMet || (change.value == nil && found[index] == nil) { return .conflict(found[index]) }
            if index > 0, !isMet { return .taken(change.key) }
        }
        return .unavailable("etcd refused a transaction without a reason")
    }

    private func lease(_ lifetime: Int64) async throws(EtcdFailure) -> Int64 {
        let now = ContinuousClock.now
        if let id = leases.withLock({ $0.take(lifetime, now: now) }) { return id }
        var request = EtcdLeaseGrantRequest()
        request.ttl = LeasePool.duration(lifetime)
        let granted = try await connections.call(EtcdAPI.grantLease, request)
        guard granted.error.isEmpty else { throw .refused(.unavailable("no lease: \(granted.error)")) }
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
    static func modRevision(
        of key: Data, is revision: Revision, _ result: EtcdCompare.CompareResult = .equal
    ) -> EtcdCompare {
        .with {
            $0.result = result
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
