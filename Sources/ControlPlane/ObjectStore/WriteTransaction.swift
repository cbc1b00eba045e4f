import FoundationEssentials
import GRDB

/// The changes of one transaction of the database, in the order in which they are asked for.
struct WriteTransaction {
    private(set) var events: [StoreEvent] = []
    private var revision: Revision
    private let database: Database
    /// Why values are not taken; nil: they are.
    private let refusal: StoreError?
    private let now = Date()

    init(_ database: Database, refusal: StoreError?) throws {
        self.database = database
        self.refusal = refusal
        revision = try Revision.fetchOne(database, sql: "SELECT revision FROM counters") ?? 0
    }

    /// Makes changes together, or none of them.
    mutating func apply(_ changes: [StoreChange]) throws -> GroupCommit.Outcome {
        let lookup = try database.cachedStatement(sql: "SELECT revision FROM objects WHERE key = ?")
        var current: [Revision?] = []
        for (index, change) in changes.enumerated() {
            let found = try Revision.fetchOne(lookup, arguments: [change.key])
            let isMet = change.expecting.holds(for: found)
            if index == 0, !isMet || (found == nil && change.value == nil) { return .failure(.conflict(found)) }
            guard isMet else { return .failure(.taken(change.key)) }
            current.append(found)
        }
        if let refusal, changes.contains(where: { $0.value != nil }) { return .failure(refusal) }
        let first = revision + 1
        for (change, current) in zip(changes, current) where current != nil || change.value != nil {
            try make(change, over: current)
        }
        return .success(first)
    }

    private mutating func make(_ change: StoreChange, over current: Revision?) throws {
        revision += 1
        let data = change.value.map { Data($0) }
        let checksum = change.value.map { ValueChecksum.of(change.key, $0) }
        try database.cachedStatement(
            sql: "INSERT INTO changes (revision, key, created, value, previous, checksum) VALUES (?, ?, ?, ?, ?, ?)"
        ).execute(arguments: [revision, change.key, current == nil, data, current ?? 0, checksum])
        guard let value = change.value else {
            try database.cachedStatement(sql: "DELETE FROM objects WHERE key = ?").execute(arguments: [change.key])
            events.append(StoreEvent(key: change.key, revision: revision, change: .deleted))
            return
        }
        try database.cachedStatement(sql: "INSERT OR REPLACE INTO objects (key, revision) VALUES (?, ?)")
            .execute(arguments: [change.key, revision])
        if let lifetime = change.lifetime {
            let ends = Int64(lifetime.end(from: now).timeIntervalSince1970.rounded(.up))
            try database.cachedStatement(sql: "INSERT INTO lifetimes (revision, key, ends) VALUES (?, ?, ?)")
                .execute(arguments: [revision, change.key, ends])
        }
        events.append(
            StoreEvent(key: change.key, revision: revision, change: .put(value, created: current == nil)))
    }

    /// Notes how far revisions have gone.
    func finish() throws {
        guard !events.isEmpty else { return }
        try database.execute(sql: "UPDATE counters SET revision = ?", arguments: [revision])
    }
}
