import FoundationEssentials
import GRDB

extension SQLiteStore {
    public func list(
        prefix: String, after: String?, limit: Int?, at revision: Revision?
    ) async throws(StoreError) -> StoredPage {
        guard let revision else { return try await listNow(prefix: prefix, after: after, limit: limit) }
        guard revision <= currentRevision() else { throw .notYet(revision, now: currentRevision()) }
        let page = try await read { database in
            let arguments: StatementArguments = [
                "revision": revision, "start": after ?? prefix, "end": Self.end(of: prefix), "isNext": after != nil,
            ]
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT v.key, v.revision, c.value, c.checksum, v.isKnown AND c.revision IS NOT NULL AS isKnown
                    FROM (\(Self.valuesThen)) v LEFT JOIN changes c ON c.revision = v.revision
                    ORDER BY v.key LIMIT \(limit ?? -1)
                    """, arguments: arguments)
            var page = StoredPage(objects: [], revision: revision, remaining: 0)
            while let row = try rows.next() {
                // Older versions of this store removed it, or did not note what it took the place of.
                guard row["isKnown"] as Bool else { throw StoreError.compacted(self.currentRevision()) }
                page.take(Self.object(row))
            }
            if limit != nil {
                let count = "SELECT count(*) FROM (\(Self.valuesThen))"
                page.remaining =
                    try (Int.fetchOne(database, sql: count, arguments: arguments) ?? 0) - page.objects.count
                    - page.damaged.count
            }
            return page
        }
        // A compaction may have run meanwhile.
        let oldest = oldestRevision
        guard revision >= oldest else { throw .compacted(oldest) }
        return page
    }

    /// The rows of the values at a revision: those that have not changed since, and what the first change since then of
    /// each other key took the place of.
    private static let valuesThen = """
        SELECT key, revision, 1 AS isKnown FROM objects
        WHERE revision <= :revision AND key < :end AND (key > :start OR key = :start AND NOT :isNext)
        UNION ALL
        SELECT key, previous, previous IS NOT NULL FROM
        (SELECT key, previous, created, min(revision) FROM changes WHERE revision > :revision
        AND key < :end AND (key > :start OR key = :start AND NOT :isNext) GROUP BY key)
        WHERE NOT created
        """

    /// The end of a range of keys: no UTF-8 text holds a byte above 0xF4, so U+10FFFF sorts behind every key.
    private static func end(of prefix: String) -> String { prefix + "\u{10FFFF}" }

    private func listNow(prefix: String, after: String?, limit: Int?) async throws(StoreError) -> StoredPage {
        let end = Self.end(of: prefix)
        let start = after ?? prefix
        let comparison = after == nil ? ">=" : ">"
        return try await read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT o.key, o.revision, c.value, c.checksum FROM objects o
                    LEFT JOIN changes c ON c.revision = o.revision
                    WHERE o.key \(comparison) ? AND o.key < ? ORDER BY o.key LIMIT ?
                    """, arguments: [start, end, limit ?? -1])
            var page = StoredPage(objects: [], revision: 0, remaining: 0)
            var last = ""
            while let row = try rows.next() {
                page.take(Self.object(row))
                if limit != nil { last = row["key"] }
            }
            page.revision = try Revision.fetchOne(database, sql: "SELECT revision FROM counters") ?? 0
            if let limit, page.objects.count + page.damaged.count == limit {
                page.remaining =
                    try Int.fetchOne(
                        database, sql: "SELECT count(*) FROM objects WHERE key > ? AND key < ?",
                        arguments: [last, end]) ?? 0
            }
            return page
        }
    }
}

extension StoredPage {
    fileprivate mutating func take(_ result: Result<StoredObject, DamagedValue>) {
        switch result {
        case .success(let object): objects.append(object)
        case .failure(let value): damaged.append(value)
        }
    }
}
