import GRDB

/// Removes changes that nobody can ask for any more, in transactions that are small enough not to keep writers waiting,
/// and gives the space back.
///
/// Each change names the one before it of the same key (`previous`), so that only changes since the last compaction are
/// looked at. Changes of older versions of this store do not; those are looked up once.
struct Compaction: Sendable {
    /// What a transaction may do.
    struct Limits: Sendable {
        var scanned = 500
        var removed = 200
        /// Of values that are removed: each 4 KiB of one is a page of its own.
        var bytes = 1 << 20
        /// Pages moved when the file is made smaller.
        var pages = 128
    }

    struct Slice: Hashable, Sendable {
        var scanned = 0
        var removed = 0
        var bytes = 0
        var isLast = true
    }

    /// Pages that are kept free in the file: they will be needed soon.
    static let freePages = 256

    var limits = Limits()

    /// Looks at the next changes up to a revision; to be called in a transaction until a slice is the last.
    func slice(_ database: Database, through revision: Revision) throws -> Slice {
        let swept = try Revision.fetchOne(database, sql: "SELECT swept FROM counters") ?? 0
        let next = try database.cachedStatement(
            sql: """
                SELECT revision, key, previous, value IS NULL AS gone FROM changes
                WHERE revision > ? AND revision <= ? ORDER BY revision LIMIT ?
                """)
        let rows = try Row.fetchAll(next, arguments: [swept, revision, limits.scanned])
        var slice = Slice()
        var last = swept
        for row in rows {
            guard slice.removed < limits.removed, slice.bytes < limits.bytes else {
                slice.isLast = false
                break
            }
            let current: Revision = row["revision"]
            for victim in try victims(row, database) { try remove(victim, database, &slice) }
            last = current
            slice.scanned += 1
        }
        if rows.count == limits.scanned { slice.isLast = false }
        let done = slice.isLast ? max(last, revision) : last
        try database.execute(
            sql: "UPDATE counters SET swept = ?, compacted = max(compacted, ?)", arguments: [done, revision])
        return slice
    }

    private func victims(_ row: Row, _ database: Database) throws -> [Revision] {
        let revision: Revision = row["revision"]
        let isGone: Bool = row["gone"]
        if let previous = row["previous"] as Revision? {
            return (previous > 0 ? [previous] : []) + (isGone ? [revision] : [])
        }
        let lookup = try database.cachedStatement(sql: "SELECT revision FROM objects WHERE key = ?")
        return try Revision.fetchOne(lookup, arguments: [row["key"] as String]) == revision ? [] : [revision]
    }

    private func remove(_ revision: Revision, _ database: Database, _ slice: inout Slice) throws {
        // Asks for the length alone, which SQLite knows without reading the value.
        let length = try database.cachedStatement(sql: "SELECT length(value) FROM changes WHERE revision = ?")
        slice.bytes += try Int.fetchOne(length, arguments: [revision]) ?? 0
        try database.cachedStatement(sql: "DELETE FROM changes WHERE revision = ?").execute(arguments: [revision])
        slice.removed += 1
    }

    /// Gives some free pages at the end of the file back; to be called in a transaction until it returns false.
    func shrink(_ database: Database) throws -> Bool {
        let free = try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
        guard free > Self.freePages else { return false }
        let count = min(limits.pages, free - Self.freePages)
        // Each row that is fetched is a page.
        _ = try Row.fetchAll(database, sql: "PRAGMA incremental_vacuum(\(count))")
        let left = try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
        return left < free && left > Self.freePages
    }
}
