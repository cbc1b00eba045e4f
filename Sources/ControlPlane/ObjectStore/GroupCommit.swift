import FoundationEssentials
import GRDB

/// Puts the writes that arrive while a transaction runs into the next one, so that they share its fsync.
///
/// There is no writer task: the first caller leads, commits what has gathered, and passes the lead on to one of those
/// that wait.
actor GroupCommit {
    /// Changes that are made together or not at all.
    typealias Write = [StoreChange]
    typealias Outcome = Result<Revision, StoreError>

    private enum Signal: Sendable {
        case done(Outcome)
        case lead
    }

    private struct Waiter {
        var write: Write
        var continuation: CheckedContinuation<Signal, Never>
    }

    private let pool: DatabasePool
    private let hub: WatchHub
    private let mark: RevisionMark
    private let reserve: DiskReserve
    /// In bytes.
    private let quota: Int
    private var waiting: [Waiter] = []
    private var isLed = false

    init(pool: DatabasePool, hub: WatchHub, mark: RevisionMark, reserve: DiskReserve, quota: Int) {
        self.pool = pool
        self.hub = hub
        self.mark = mark
        self.reserve = reserve
        self.quota = quota
    }

    func perform(_ write: Write) async -> Outcome {
        if !isLed {
            isLed = true
            return await lead(with: write)
        }
        let signal = await withCheckedContinuation { continuation in
            waiting.append(Waiter(write: write, continuation: continuation))
        }
        switch signal {
        case .done(let outcome): return outcome
        case .lead: return await lead(with: write)
        }
    }

    /// Commits `write` together with all that wait, answers them, and passes the lead on.
    private func lead(with write: Write) async -> Outcome {
        let followers = waiting
        waiting = []
        let outcomes = await commit([write] + followers.map(\.write))
        for (follower, outcome) in zip(followers, outcomes.dropFirst()) {
            follower.continuation.resume(returning: .done(outcome))
        }
        if waiting.isEmpty {
            isLed = false
        } else {
            waiting.removeFirst().continuation.resume(returning: .lead)
        }
        return outcomes.first ?? .failure(.unavailable("the write was not tried"))
    }

    private func commit(_ writes: [Write]) async -> [Outcome] {
        // While the disk is full, the reserve is for removals.
        var hasRoom = reserve.recover()
        while true {
            do {
                return try await commit(writes, hasRoom: hasRoom)
            } catch {
                guard hasRoom, isOutOfSpace(error) else { return writes.map { _ in .failure(failure(error)) } }
                reserve.release()
                hasRoom = false
            }
        }
    }

    private func commit(_ writes: [Write], hasRoom: Bool) async throws -> [Outcome] {
        try mark.reserve(through: hub.revision + Revision(writes.reduce(0) { $0 + $1.count }))
        let quota = quota
        // Not to be cancelled with the caller: others wait for the same transaction.
        let (outcomes, events) = try await pool.writeWithoutCancellation { database in
            let refusal: StoreError? =
                !hasRoom ? .diskFull : try usedBytes(database) >= quota ? .full(quota: quota) : nil
            var transaction = try WriteTransaction(database, refusal: refusal)
            let outcomes = try writes.map { try transaction.apply($0) }
            try transaction.finish()
            return (outcomes, transaction.events)
        }
        if let last = events.last { mark.acknowledge(last.revision) }
        hub.publish(events)
        return outcomes
    }

    private func isOutOfSpace(_ error: any Error) -> Bool {
        if let error = error as? DatabaseError, error.resultCode == .SQLITE_FULL { return true }
        return reserve.isExhausted
    }

    private func failure(_ error: any Error) -> StoreError {
        isOutOfSpace(error) ? .diskFull : .unavailable("\(error)")
    }
}

/// The bytes of all pages in use.
private func usedBytes(_ database: Database) throws -> Int {
    func pragma(_ name: String) throws -> Int {
        try Int.fetchOne(database.cachedStatement(sql: "PRAGMA \(name)")) ?? 0
    }
    return try (pragma("page_count") - pragma("freelist_count")) * pragma("page_size")
}

extension DatabasePool {
    func writeWithoutCancellation<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            asyncWrite(body) { _, result in continuation.resume(with: result) }
        }
    }
}
