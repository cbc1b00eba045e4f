import FoundationEssentials
import GRDB
import Synchronization

/// A store in one SQLite file, in WAL mode. Concurrent writers share a transaction and so its fsync.
///
/// Each change is one row of `changes`, whose number is the revision; `objects` points from each key to its latest
/// row. Compaction removes the rows that those up to the compacted revision took the place of, so that a list at that
/// revision or a later one can still be made.
public final class SQLiteStore: ObjectStore {
    public enum Durability: String, Sendable {
        /// Every write is on the disk when it is acknowledged.
        case full = "FULL"
        /// A write outlives the process, but perhaps not a power cut.
        case process = "NORMAL"
    }

    let pool: DatabasePool
    private let hub: WatchHub
    private let commits: GroupCommit
    private let reserve: DiskReserve
    private let path: String
    private let compaction: Compaction
    private let compacted: Mutex<Revision>
    /// Earlier revisions cannot be read.
    var oldestRevision: Revision { compacted.withLock(\.self) }
    /// What the start found out about the files, for people: changes that are lost, say. The store works all the same.
    public let findings: [String]

    /// etcd's default quota.
    public static let defaultQuota = 2 << 30
    /// Bytes of the write-ahead log that are kept when it has grown.
    static let longestLog = 4 << 20

    /// Opens the store in the file at `path`, which is made if it is missing (its directory is not). Further files beside
    /// it have names that begin with its name. All are readable by their owner alone.
    ///
    /// - Parameter quota: the bytes of the file's pages in use at which writes other than removals are refused with
    ///   ``StoreError/full(quota:)``. Old versions count until they are compacted.
    public convenience init(
        path: String, durability: Durability = .full, quota: Int = defaultQuota
    ) throws(StoreError) {
        try self.init(path: path, durability: durability, quota: quota, compaction: Compaction())
    }

    init(path: String, durability: Durability, quota: Int, compaction: Compaction) throws(StoreError) {
        self.path = path
        self.compaction = compaction
        do {
            try StoreFiles.makePrivate(path)
            var configuration = Configuration()
            configuration.journalMode = .wal
            configuration.maximumReaderCount = 4
            configuration.busyMode = .timeout(5)
            configuration.prepareDatabase { database in
                try database.execute(sql: "PRAGMA synchronous = \(durability.rawValue)")
                _ = try Row.fetchAll(database, sql: "PRAGMA journal_size_limit = \(Self.longestLog)")
            }
            pool = try DatabasePool(path: path, configuration: configuration)
            reserve = DiskReserve(path: path + "-reserve")
            var findings = Self.makeShrinkable(pool, path: path)
            try Self.migrator.migrate(pool)
            let (last, through) = try pool.read { database in
                let row = try Row.fetchOne(database, sql: "SELECT revision, compacted FROM counters")
                return (row?["revision"] as Revision? ?? 0, row?["compacted"] as Revision? ?? 0)
            }
            let (mark, verdict) = try RevisionMark.open(path + "-revision", revision: last)
            if verdict.revision > last {
                try pool.write {
                    try $0.execute(sql: "UPDATE counters SET revision = ?", arguments: [verdict.revision])
                }
            }
            if let problem = verdict.problem { findings.append(problem) }
            self.findings = findings
            hub = WatchHub(revision: verdict.revision, recentLimit: 4096)
            compacted = Mutex(through)
            commits = GroupCommit(pool: pool, hub: hub, mark: mark, reserve: reserve, quota: quota)
        } catch {
            throw StoreError.unavailable("\(path): \(error)")
        }
    }

    /// Whether nothing has ever been stored.
    public var isNew: Bool { hub.revision == 0 }

    /// Has the database note what it needs to give pages back. Databases of older versions are written anew for it.
    /// - Returns: what went wrong: then it works, but does not shrink.
    private static func makeShrinkable(_ pool: DatabasePool, path: String) -> [String] {
        do {
            try pool.writeWithoutTransaction { database in
                guard try Int.fetchOne(database, sql: "PRAGMA auto_vacuum") == 0 else { return }
                try database.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
                try database.execute(sql: "VACUUM")
            }
            return []
        } catch {
            return ["\(path): the file does not shrink when objects are deleted: \(error)"]
        }
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

    static var migrator: DatabaseMigrator {
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
        migrator.registerMigration("sweeping and checksums") { database in
            try database.execute(
                sql: """
                    ALTER TABLE changes ADD COLUMN previous INTEGER;
                    ALTER TABLE changes ADD COLUMN checksum INTEGER;
                    ALTER TABLE counters ADD COLUMN swept INTEGER NOT NULL DEFAULT 0;
                    CREATE TABLE damaged (key TEXT NOT NULL, revision INTEGER NOT NULL, value BLOB);
                    """)
        }
        migrator.registerMigration("lifetimes") { database in
            try database.execute(
                sql: """
                    CREATE TABLE lifetimes (revision INTEGER PRIMARY KEY, key TEXT NOT NULL, ends INTEGER NOT NULL);
                    CREATE INDEX lifetimesByEnd ON lifetimes (ends);
                    """)
        }
        return migrator
    }

    public func currentRevision() -> Revision { hub.revision }

    public func get(_ key: String) async throws(StoreError) -> StoredObject? {
        let row = try await read { database in
            try Row.fetchOne(
                database,
                sql: """
                    SELECT o.key, o.revision, c.value, c.checksum FROM objects o
                    LEFT JOIN changes c ON c.revision = o.revision WHERE o.key = ?
                    """, arguments: [key]
            ).map(Self.object)
        }
        switch row {
        case .success(let object)?: return object
        case .failure(let damaged)?: throw .damaged(damaged.key)
        case nil: return nil
        }
    }

    public func commit(_ changes: [StoreChange]) async throws(StoreError) -> Revision {
        try await commits.perform(changes).get()
    }

    public func watch(prefix: String, after revision: Revision) async throws(StoreError) -> StoreWatch {
        let oldest = oldestRevision
        guard revision >= oldest else { throw .compacted(oldest) }
        switch hub.subscribe(prefix: prefix, after: revision) {
        case .complete(let stream):
            return stream
        case .live(let stream, let now):
            let missed = try await read { database in
                let rows = try Row.fetchCursor(
                    database,
                    sql: """
                        SELECT revision, key, created, value, checksum FROM changes
                        WHERE revision > ? AND revision <= ?
                        """,
                    arguments: [revision, now])
                var events: [StoreEvent] = []
                while let row = try rows.next() {
                    let event = try Self.event(row)
                    if event.key.hasPrefix(prefix) { events.append(event) }
                }
                return events
            }
            // A compaction may have run between the check and the read.
            let oldest = oldestRevision
            guard revision >= oldest else { throw .compacted(oldest) }
            return stream.preceded(by: StoreBatch(events: missed, revision: now))
        }
    }

    public func requestProgress() { hub.tellProgress() }

    /// In many small transactions, between which writers have their turn; then the file is made smaller.
    public func compact(through revision: Revision) async throws(StoreError) {
        let through = min(revision, hub.revision)
        compacted.withLock { $0 = max($0, through) }
        hub.forget(through: through)
        let compaction = compaction
        do {
            while try await !pool.writeWithoutCancellation({ try compaction.slice($0, through: through) }).isLast {
                try Task.checkCancellation()
            }
            while try await pool.writeWithoutCancellation({ try compaction.shrink($0) }) {
                try Task.checkCancellation()
            }
            try await truncateLog()
        } catch is CancellationError {
            // The next compaction goes on where this one was.
        } catch {
            throw .unavailable("\(error)")
        }
    }

    /// Gives the write-ahead log's space back, unless a reader is in the way.
    private func truncateLog() async throws {
        guard StoreFiles.size(path + "-wal") > 0 else { return }
        try await pool.writeWithoutTransaction { database in
            // Nobody is to wait for readers here.
            _ = try Row.fetchAll(database, sql: "PRAGMA busy_timeout = 0")
            defer { _ = try? Row.fetchAll(database, sql: "PRAGMA busy_timeout = 5000") }
            _ = try Row.fetchAll(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        }
    }

    /// Moves it into the table `damaged` of the database.
    public func setAside(_ damaged: DamagedValue) async throws(StoreError) {
        do {
            try await pool.writeWithoutCancellation { database in
                let arguments: StatementArguments = [damaged.key, damaged.revision]
                try database.execute(
                    sql: """
                        INSERT INTO damaged SELECT o.key, o.revision, c.value FROM objects o
                        LEFT JOIN changes c ON c.revision = o.revision WHERE o.key = ? AND o.revision = ?
                        """, arguments: arguments)
                try database.execute(sql: "DELETE FROM objects WHERE key = ? AND revision = ?", arguments: arguments)
                try database.execute(sql: "DELETE FROM changes WHERE revision = ?", arguments: [damaged.revision])
            }
        } catch {
            throw .unavailable("\(error)")
        }
    }

    public func problem() -> StoreError? { reserve.recover() && !reserve.isExhausted ? nil : .diskFull }

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        do {
            return try await pool.read(body)
        } catch let error as StoreError {
            throw error
        } catch {
            throw .unavailable("\(error)")
        }
    }

    static func object(_ row: Row) -> Result<StoredObject, DamagedValue> {
        let (key, revision) = (row["key"] as String, row["revision"] as Revision)
        guard let value = row["value"] as Data?, isWhole(row, key, value) else {
            return .failure(DamagedValue(key: key, revision: revision))
        }
        return .success(StoredObject(key: key, value: [UInt8](value), revision: revision))
    }

    private static func event(_ row: Row) throws -> StoreEvent {
        let (key, value) = (row["key"] as String, row["value"] as Data?)
        guard let value else { return StoreEvent(key: key, revision: row["revision"], change: .deleted) }
        guard isWhole(row, key, value) else { throw StoreError.damaged(key) }
        return StoreEvent(
            key: key, revision: row["revision"], change: .put([UInt8](value), created: row["created"]))
    }

    /// Values of older versions of this store have no checksum.
    private static func isWhole(_ row: Row, _ key: String, _ value: Data) -> Bool {
        guard let checksum = row["checksum"] as Int64? else { return true }
        return ValueChecksum.of(key, value) == checksum
    }
}
