import Foundation
import GRDB
import Testing

@testable import ObjectStore

/// Compaction keeps nobody waiting: no transaction of it does much.
@Suite struct CompactionTests {
    private static func count(_ database: Database) throws -> Int {
        try Int.fetchOne(database, sql: "SELECT count(*) FROM changes") ?? 0
    }

    /// Runs the slices and checks that each stays within its limits.
    private static func sweep(_ queue: DatabaseQueue, through revision: Revision) async throws -> Int {
        let compaction = Compaction()
        var slices = 0
        while true {
            let slice = try await queue.write { try compaction.slice($0, through: revision) }
            slices += 1
            #expect(slice.scanned <= compaction.limits.scanned)
            // A change has two victims at most, of which the last may go beyond.
            #expect(slice.removed <= compaction.limits.removed + 1)
            #expect(slice.bytes < compaction.limits.bytes + (2 << 20))
            if slice.isLast { return slices }
            try #require(slices < 1000)
        }
    }

    @Test("Large and small values go in transactions of bounded rows and bytes; what is current stays")
    func slices() async throws {
        try await StoreDirectory.with { directory in
            let store = try directory.store()
            for number in 0..<1500 {
                _ = try await store.put("/small/\(number % 300)", [1, 2, 3], expecting: .anything)
            }
            for _ in 0..<8 {
                _ = try await store.put("/large", [UInt8](repeating: 1, count: 1 << 20), expecting: .anything)
            }
            for number in 0..<100 { _ = try await store.delete("/small/\(number)", expecting: .anything) }
            let last = store.currentRevision()
            try store.close()
            let queue = try DatabaseQueue(path: directory.path)
            let slices = try await Self.sweep(queue, through: last)
            #expect(slices > 10)
            #expect(try await queue.read(Self.count) == 201)
            // Nothing is looked at twice.
            let again = try await Self.sweep(queue, through: last)
            #expect(again == 1)
            try queue.close()
            let reopened = try directory.store()
            #expect(try await reopened.list(prefix: "", after: nil, limit: nil).objects.count == 201)
            try reopened.close()
        }
    }

    @Test("Changes since the compaction stay watchable; the next one takes what they replaced")
    func partly() async throws {
        try await StoreDirectory.with { directory in
            let store = try directory.store()
            for value in 1...6 { _ = try await store.put("/a", [UInt8(value)], expecting: .anything) }
            try await store.compact(through: 3)
            #expect(try await store.pool.read(Self.count) == 4)
            try await store.compact(through: 6)
            #expect(try await store.pool.read(Self.count) == 1)
            #expect(try await store.get("/a")?.value == [6])
            try store.close()
        }
    }

    @Test("A database as older versions made it is taken over, compacted, and shrinks")
    func olderDatabase() async throws {
        try await StoreDirectory.with { directory in
            let queue = try DatabaseQueue(path: directory.path)
            try await queue.write { database in
                try database.execute(
                    sql: """
                        CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
                        INSERT INTO grdb_migrations VALUES ('changes');
                        CREATE TABLE changes (
                            revision INTEGER PRIMARY KEY, key TEXT NOT NULL, created INTEGER NOT NULL, value BLOB);
                        CREATE TABLE objects (key TEXT PRIMARY KEY, revision INTEGER NOT NULL) WITHOUT ROWID;
                        CREATE TABLE counters (revision INTEGER NOT NULL, compacted INTEGER NOT NULL);
                        INSERT INTO counters VALUES (4, 1);
                        INSERT INTO changes VALUES (1, '/a', 1, x'01'), (2, '/a', 0, x'02'), (3, '/b', 1, x'03'),
                            (4, '/b', 0, NULL);
                        INSERT INTO objects VALUES ('/a', 2);
                        """)
            }
            try queue.close()
            let store = try directory.store()
            #expect(store.findings.isEmpty)
            #expect(store.currentRevision() == 4)
            #expect(try await store.get("/a") == StoredObject(key: "/a", value: [2], revision: 2))
            #expect(try await store.put("/a", [5], expecting: .revision(2)) == 5)
            try await store.compact(through: 5)
            #expect(try await store.pool.read(Self.count) == 1)
            #expect(try await store.pool.read { try Int.fetchOne($0, sql: "PRAGMA auto_vacuum") } == 2)
            try store.close()
        }
    }
}
