import FoundationEssentials
import GRDB
import Synchronization

/// A store in one SQLite file, in WAL mode. Concurrent writers share a transaction and so its fsync.
///
/// Each change is one row of `changes`, whose number is the revision; `objects` points from each key to its latest
/// row. Compaction removes rows that no key points to.
public final class SQLiteStore: ObjectStore {
    public enum Durability: String, Sendable {
        /// Every write is on the disk when it is acknowledged.
        case full = "FULL"
        /// A write outlives the process, but perhaps not a power cut.
        case process = "NORMAL"
    }

    private struct Compaction: Sendable {
        var through: Revision
    }

    private let pool: DatabasePool
    private let hub: WatchHub
    private let commits: GroupCommit
    private let compacted: Mutex<Compaction>

    /// etcd's default quota.
    public static let defaultQuota = 2 << 30

    /// Opens the store in the file at `path`, which is made if it is missing (its directory is not).
    ///
    /// - Parameter quota: the bytes of the file's pages in use at which writes other than removals are refused with
    ///   ``StoreError/full(quota:)``. Old versions count until they are compacted.
    public init(path: String, durability: Durability = .full, quota: Int = defaultQuota) throws(StoreError) {
        do {
            var configuration = Configuration()
            configuration.journalMode = .wal
            configuration.maximumReaderCount = 4
            configuration.busyMode = .timeout(5)
            configuration.prepareDatabase { database in
                try database.execute(sql: "PRAGMA synchronous = \(durability.rawValue)")
            }
            pool = try DatabasePool(path: path, configuration: configuration)
            try Self.migrator.migrate(pool)
            let (last, through) = try pool.read { database in
                let row = try Row.fetchOne(database, sql: "SELECT revision, compacted FROM counters")
                return (row?["revision"] as Revision? ?? 0, row?["compacted"] as Revision? ?? 0)
            }
            hub = WatchHub(revision: last, recentLimit: 4096)
            compacted = Mutex(Compaction(through: through))
        } catch {
            throw StoreError.unavailable("\(path): \(error)")
        }
        commits = GroupCommit(pool: pool, hub: hub, quota: quota)
    }

    /// Ends all watches and closes the file.
    public func close() throws(StoreError) {
        hub.close()
        do {
            try pool.close()
        } catch {
            throw .unavailable("\(error)")
        }
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("changes") { database in
            try database.execute(
                sql: """
                    CREATE TABLE changes (
                        revision INTEGER PRIMARY KEY, key TEXT NOT NULL, created INTEGER NOT NULL, value BLOB);
                    CREATE TABLE objects (key TEXT PRIMARY KEY, revision INTEGER NOT NULL) WITHOUT ROWID;
                    CREATE TABLE counters (revision INTEGER NOT NULL, compacted INTEGER NOT NULL);
                    INSERT INTO counters VALUES (0, 0);
                    """)
        }
        return migrator
    }

    public func currentRevision() -> Revision { hub.revision }

    public func get(_ key: String) async throws(StoreError) -> StoredObject? {
        try await read { database in
            try Row.fetchOne(
                database,
                sql: """
                    SELECT o.key, o.revision, c.value FROM objects o JOIN changes c ON c.revision = o.revision
                    WHERE o.key = ?
                    """, arguments: [key]
            ).map(Self.object)
        }
    }

    public func list(prefix: String, after: String?, limit: Int?) async throws(StoreError) -> StoredPage {
        // The end of the range: no UTF-8 text holds a byte above 0xF4, so U+10FFFF sorts behind every key.
        let end = prefix + "\u{10FFFF}"
        let start = after ?? prefix
        let comparison = after == nil ? ">=" : ">"
        return try await read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT o.key, o.revision, c.value FROM objects o JOIN changes c ON c.revision = o.revision
                    WHERE o.key \(comparison) ? AND o.key < ? ORDER BY o.key LIMIT ?
                    """, arguments: [start, end, limit ?? -1])
            var objects: [StoredObject] = []
            while let row = try rows.next() { objects.append(Self.object(row)) }
            let revision = try Revision.fetchOne(database, sql: "SELECT revision FROM counters") ?? 0
            var remaining = 0
            if let limit, objects.count == limit, let last = objects.last {
                remaining =
                    try Int.fetchOne(
                        database, sql: "SELECT count(*) FROM objects WHERE key > ? AND key < ?",
                        arguments: [last.key, end]) ?? 0
            }
            return StoredPage(objects: objects, revision: revision, remaining: remaining)
        }
    }

    public func put(_ key: String, _ value: [UInt8], expecting: Expectation) async throws(StoreError) -> Revision {
        try await commits.perform(GroupCommit.Write(key: key, value: value, expecting: expecting)).get()
    }

    public func delete(_ key: String, expecting: Expectation) async throws(StoreError) -> Revision {
        try await commits.perform(GroupCommit.Write(key: key, value: nil, expecting: expecting)).get()
    }

    public func watch(prefix: String, after revision: Revision) async throws(StoreError) -> StoreWatch {
        let oldest = compacted.withLock { $0.through }
        guard revision >= oldest else { throw .compacted(oldest) }
        switch hub.subscribe(prefix: prefix, after: revision) {
        case .complete(let stream):
            return stream
        case .live(let stream, let now):
            let missed = try await read { database in
                let rows = try Row.fetchCursor(
                    database,
                    sql: "SELECT revision, key, created, value FROM changes WHERE revision > ? AND revision <= ?",
                    arguments: [revision, now])
                var events: [StoreEvent] = []
                while let row = try rows.next() {
                    let event = Self.event(row)
                    if event.key.hasPrefix(prefix) { events.append(event) }
                }
                return events
            }
            // A compaction may have run between the check and the read.
            let oldest = compacted.withLock { $0.through }
            guard revision >= oldest else { throw .compacted(oldest) }
            return stream.preceded(by: missed)
        }
    }

    public func compact(through revision: Revision) async throws(StoreError) {
        let through = min(revision, hub.revision)
        let isNew = compacted.withLock { compacted in
            guard through > compacted.through else { return false }
            compacted.through = through
            return true
        }
        guard isNew else { return }
        do {
            try await pool.write { database in
                try database.execute(sql: "UPDATE counters SET compacted = ?", arguments: [through])
                try database.execute(
                    sql: """
                        DELETE FROM changes WHERE revision <= ? AND NOT EXISTS
                        (SELECT 1 FROM objects o WHERE o.key = changes.key AND o.revision = changes.revision)
                        """, arguments: [through])
            }
        } catch {
            throw .unavailable("\(error)")
        }
        hub.forget(through: through)
    }

    private func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        do {
            return try await pool.read(body)
        } catch {
            throw .unavailable("\(error)")
        }
    }

    private static func object(_ row: Row) -> StoredObject {
        StoredObject(key: row["key"], value: [UInt8](row["value"] as Data), revision: row["revision"])
    }

    private static func event(_ row: Row) -> StoreEvent {
        let value = row["value"] as Data?
        return StoreEvent(
            key: row["key"], revision: row["revision"],
            change: value.map { .put([UInt8]($0), created: row["created"]) } ?? .deleted)
    }
}
