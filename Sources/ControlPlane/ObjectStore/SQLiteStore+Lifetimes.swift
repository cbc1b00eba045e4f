import FoundationEssentials
import GRDB

extension SQLiteStore {
    private static let endedAtOnce = 500

    /// Removes values whose lifetimes have ended, once a second.
    public func run() async throws {
        while true {
            try await Task.sleep(for: .seconds(1))
            // The disk may be full or gone for now; then the next turn tries again.
            while (try? await removeEnded(now: Date())) == Self.endedAtOnce { try Task.checkCancellation() }
        }
    }

    /// Removes values whose lifetimes have ended, as many as go at once.
    /// - Returns: how many lifetimes are done with.
    func removeEnded(now: Date) async throws(StoreError) -> Int {
        let time = Int64(now.timeIntervalSince1970)
        let ended = try await read { database in
            try Row.fetchAll(
                database, sql: "SELECT revision, key FROM lifetimes WHERE ends <= ? ORDER BY revision LIMIT ?",
                arguments: [time, Self.endedAtOnce]
            ).map { (revision: $0["revision"] as Revision, key: $0["key"] as String) }
        }
        guard !ended.isEmpty else { return 0 }
        await withTaskGroup(of: Void.self) { group in
            for value in ended {
                // A conflict: another value came in its place.
                group.addTask { _ = try? await self.delete(value.key, expecting: .revision(value.revision)) }
            }
        }
        do {
            let last = ended.last?.revision ?? 0
            return try await pool.write { database in
                // Those whose removal failed stay.
                try database.execute(
                    sql: """
                        DELETE FROM lifetimes WHERE ends <= ? AND revision <= ? AND NOT EXISTS
                        (SELECT 1 FROM objects o WHERE o.key = lifetimes.key AND o.revision = lifetimes.revision)
                        """, arguments: [time, last])
                return database.changesCount
            }
        } catch {
            throw .unavailable("\(error)")
        }
    }
}
