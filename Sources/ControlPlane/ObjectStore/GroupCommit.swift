import FoundationEssentials
import GRDB

/// Puts the writes that arrive while a transaction runs into the next one, so that they share its fsync.
///
/// There is no writer task: the first caller leads, commits what has gathered, and passes the lead on to one of those
/// that wait.
actor GroupCommit {
    struct Write: Sendable {
        var key: String
        /// nil removes the key.
        var value: [UInt8]?
        var expecting: Expectation
    }

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
        try mark.reserve(through: hub.revision + Revision(writes.count))
        let quota = quota
        // Not to be cancelled with the caller: others wait for the same transaction.
        let (outcomes, events) = try await pool.writeWithoutCancellation { database in
            let refusal: StoreError? =
                !hasRoom ? .diskFull : try usedBytes(database) >= quota ? .full(quota: quota) : nil
            return try Self.apply(writes, to: database, refusal: refusal)
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

    /// - Parameter refusal: why values are not taken; nil: they are.
    private static func apply(
        _ writes: [Write], to database: Database, refusal: StoreError?
    ) throws -> ([Outcome], [StoreEvent]) {
        let lookup = try database.cachedStatement(sql: "SELECT revision FROM objects WHERE key = ?")
        let insert = try database.cachedStatement(
            sql: "INSERT INTO changes (revision, key, created, value, previous, checksum) VALUES (?, ?, ?, ?, ?, ?)")
        let point = try database.cachedStatement(sql: "INSERT OR REPLACE INTO objects (key, revision) VALUES (?, ?)")
        let remove = try database.cachedStatement(sql: "DELETE FROM objects WHERE key = ?")
        var revision = try Revision.fetchOne(database, sql: "SELECT revision FROM counters") ?? 0
        let first = revision
        var outcomes: [Outcome] = []
        var events: [StoreEvent] = []
        for write in writes {
            let current = try Revision.fetchOne(lookup, arguments: [write.key])
            guard write.expecting.holds(for: current), current != nil || write.value != nil else {
                outcomes.append(.failure(.conflict(current)))
                continue
            }
            if let refusal, write.value != nil {
                outcomes.append(.failure(refusal))
                continue
            }
            revision += 1
            let data = write.value.map { Data($0) }
            let checksum = write.value.map { ValueChecksum.of(write.key, $0) }
            try insert.execute(arguments: [revision, write.key, current == nil, data, current ?? 0, checksum])
            if let value = write.value {
                try point.execute(arguments: [write.key, revision])
                let change = StoreEvent.Change.put(value, created: current == nil)
                events.append(StoreEvent(key: write.key, revision: revision, change: change))
            } else {
                try remove.execute(arguments: [write.key])
                events.append(StoreEvent(key: write.key, revision: revision, change: .deleted))
            }
            outcomes.append(.success(revision))
        }
        if revision != first {
            try database.execute(sql: "UPDATE counters SET revision = ?", arguments: [revision])
        }
        return (outcomes, events)
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
