import FoundationEssentials
import GRDB
import Glibc
import LinuxSystem

/// A ``SQLiteStore``'s database as a file: to be copied while a server writes to it, looked through, put back, and made
/// from what another store holds.
public struct StoreFile: Sendable {
    /// What a database holds.
    public struct Summary: Hashable, Sendable {
        public var objects: Int
        /// Of the last change.
        public var revision: Revision
    }

    /// How far revisions are moved on where a database takes the place of a newer one: what was written after it was
    /// copied had revisions as well, which must not come again for something else. (As etcd's own manual advises.)
    public static let gap: Revision = 1_000_000_000

    public let path: String

    public init(path: String) { self.path = path }

    public var exists: Bool { access(path, F_OK) == 0 }

    // MARK: Copies

    /// Writes all that the database holds at one moment to a new file, while a server may go on writing. The file has its
    /// name when it is whole and on the disk.
    /// - Throws: ``StoreError/unavailable(_:)`` if there is no database, or a file of that name, or it cannot be written.
    public func snapshot(to target: String) throws(StoreError) -> Summary {
        guard access(target, F_OK) != 0 else { throw .unavailable("\(target) is there already; choose another name") }
        let partial = target + ".partial"
        unlink(partial)
        do {
            try vacuum(into: partial)
            try Self.keep(partial, as: target)
        } catch {
            unlink(partial)
            throw error
        }
        return try StoreFile(path: target).summary()
    }

    /// Puts a copy into this place, where no database may be. Watches from before are told that they are too old, and
    /// revisions go on far behind all that were given out.
    /// - Parameter revision: a revision that was given out here; 0: none is known.
    public func restore(from copy: StoreFile, after revision: Revision = 0) throws(StoreError) -> Summary {
        guard !exists else { throw .unavailable("\(path) is there already") }
        let partial = path + ".partial"
        unlink(partial)
        do {
            try copy.vacuum(into: partial)
            let last = max(try StoreFile(path: partial).summary().revision, revision) + Self.gap
            try StoreFile(path: partial).write { database in
                try database.execute(sql: "UPDATE counters SET revision = ?, compacted = ?", arguments: [last, last])
            }
            for suffix in ["-wal", "-shm", "-revision"] { unlink(path + suffix) }
            try Self.keep(partial, as: path)
        } catch {
            unlink(partial)
            throw error
        }
        return try summary()
    }

    /// Makes the database from values of another store. They keep their order; each has its revision, or the next one
    /// where several have the same.
    /// - Parameter revision: how far the other store was.
    public func make(from objects: [StoredObject], revision: Revision) throws(StoreError) -> Summary {
        guard !exists else { throw .unavailable("\(path) is there already") }
        do {
            let store = try SQLiteStore(path: path)
            try store.pool.write { database in
                var last: Revision = 0
                for object in objects.sorted(by: { $0.revision < $1.revision }) {
                    last = max(last + 1, object.revision)
                    try database.execute(
                        sql: """
                            INSERT INTO changes (revision, key, created, value, previous, checksum)
                            VALUES (?, ?, 1, ?, 0, ?)
                            """,
                        arguments: [last, object.key, Data(object.value), ValueChecksum.of(object.key, object.value)])
                    try database.execute(
                        sql: "INSERT INTO objects (key, revision) VALUES (?, ?)", arguments: [object.key, last])
                }
                last = max(last, revision)
                try database.execute(
                    sql: "UPDATE counters SET revision = ?, compacted = ?, swept = ?", arguments: [last, last, last])
            }
            try store.close()
        } catch let error as StoreError {
            throw error
        } catch {
            throw .unavailable("\(path): \(error)")
        }
        return try summary()
    }

    // MARK: Looking

    public func summary() throws(StoreError) -> Summary {
        try read { database in
            Summary(
                objects: try Int.fetchOne(database, sql: "SELECT count(*) FROM objects") ?? 0,
                revision: try Revision.fetchOne(database, sql: "SELECT revision FROM counters") ?? 0)
        }
    }

    /// The revision up to which the server that had this database may have given revisions out; 0: that is not known.
    public func reservedRevision() -> Revision {
        guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: path + "-revision")) else { return 0 }
        return RevisionMark.Content([UInt8](bytes))?.reserved ?? 0
    }

    /// What is wrong with the database: SQLite's own pages, the numbers in it, and values that are not what was written.
    /// A server may go on writing.
    public func problems() throws(StoreError) -> [String] {
        try read { database in
            var problems: [String] = []
            for text in try String.fetchAll(database, sql: "PRAGMA integrity_check(20)") where text != "ok" {
                problems.append("the file is damaged: \(text)")
            }
            guard problems.isEmpty else { return problems }
            let counters = try Row.fetchAll(database, sql: "SELECT revision, compacted FROM counters")
            let last = counters.first?["revision"] as Revision? ?? 0
            if counters.count != 1 { problems.append("the table counters has \(counters.count) rows instead of one") }
            if let compacted = counters.first?["compacted"] as Revision?, compacted > last {
                problems.append("revision \(compacted) is compacted, but the last one is \(last)")
            }
            if let newest = try Revision.fetchOne(database, sql: "SELECT max(revision) FROM changes"), newest > last {
                problems.append("there is a change of revision \(newest), but the last one is \(last)")
            }
            problems += try Self.damagedValues(database)
            let aside = try Int.fetchOne(database, sql: "SELECT count(*) FROM damaged") ?? 0
            if aside > 0 { problems.append("\(aside) damaged values are set aside in the table damaged") }
            return problems
        }
    }

    private static func damagedValues(_ database: Database) throws -> [String] {
        var problems: [String] = []
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT o.key, o.revision, c.key AS found, c.value, c.checksum FROM objects o
                LEFT JOIN changes c ON c.revision = o.revision
                """)
        while let row = try rows.next() {
            let key: String = row["key"]
            if row["found"] as String? != key {
                problems.append("\(key): its value of revision \(row["revision"] as Revision) is missing")
            } else if case .failure = SQLiteStore.object(row) {
                problems.append("\(key): its value of revision \(row["revision"] as Revision) is damaged")
            }
            guard problems.count < 1000 else { return problems + ["and more"] }
        }
        return problems
    }

    /// All values, and how far the database is, at one moment.
    public func contents() throws(StoreError) -> (objects: [StoredObject], revision: Revision) {
        try read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT o.key, o.revision, c.value, c.checksum FROM objects o
                    LEFT JOIN changes c ON c.revision = o.revision ORDER BY o.key
                    """)
            var objects: [StoredObject] = []
            while let row = try rows.next() {
                guard case .success(let object) = SQLiteStore.object(row) else {
                    throw StoreError.damaged(row["key"] as String)
                }
                objects.append(object)
            }
            return (objects, try Revision.fetchOne(database, sql: "SELECT revision FROM counters") ?? 0)
        }
    }

    // MARK: Files

    private func vacuum(into target: String) throws(StoreError) {
        try open { queue in
            try queue.inDatabase { try $0.execute(sql: "VACUUM INTO ?", arguments: [target]) }
        }
    }

    /// In one transaction, so that a server's writes do not show in between.
    private func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        try open { try $0.read(body) }
    }

    private func open<Value>(_ body: (DatabaseQueue) throws -> Value) throws(StoreError) -> Value {
        guard exists else { throw .unavailable("\(path): there is no database") }
        do {
            var configuration = Configuration()
            configuration.busyMode = .timeout(10)
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            defer { try? queue.close() }
            return try body(queue)
        } catch let error as StoreError {
            throw error
        } catch {
            throw .unavailable("\(path): \(error)")
        }
    }

    private func write(_ body: (Database) throws -> Void) throws(StoreError) {
        try open { try $0.write(body) }
    }

    /// Has the disk know the file, and gives it its name.
    private static func keep(_ partial: String, as target: String) throws(StoreError) {
        do throws(SystemError) {
            let file = try SystemCall.run("open") { Glibc.open(partial, O_RDWR | O_CLOEXEC) }
            defer { SystemCall.close(file) }
            try SystemCall.run("change permissions") { fchmod(file, 0o600) }
            try SystemCall.run("sync") { fsync(file) }
            try SystemCall.run("rename") { rename(partial, target) }
        } catch {
            throw .unavailable("\(StoreFiles.Failure(target, "cannot be written", error))")
        }
        let directory = target.lastIndex(of: "/").map { String(target[..<$0]) } ?? "."
        let parent = SystemCall.result {
            Glibc.open(directory.isEmpty ? "/" : directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        }
        guard let parent else { return }
        fsync(parent)
        close(parent)
    }
}
