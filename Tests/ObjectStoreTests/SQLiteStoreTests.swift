import Foundation
import GRDB
import Testing

@testable import ObjectStore

/// What only the store on disk does.
@Suite struct SQLiteStoreTests {
    private func withDirectory(_ body: (String) async throws -> Void) async throws {
        try await StoreDirectory.with { try await body($0.path) }
    }

    @Test("A full store takes removals only, until they are compacted")
    func quota() async throws {
        try await withDirectory { path in
            let quota = 400_000
            let store = try SQLiteStore(path: path, durability: .process, quota: quota)
            let value = [UInt8](repeating: 7, count: 10_000)
            var written = 0
            var refusal: StoreError?
            for number in 0..<100 {
                do throws(StoreError) {
                    _ = try await store.put("/k/\(number)", value, expecting: .absent)
                    written += 1
                } catch {
                    refusal = error
                    break
                }
            }
            #expect(refusal == .full(quota: quota))
            #expect((20..<50).contains(written))
            #expect("\(StoreError.full(quota: quota))".contains("400000 bytes"))
            for number in 0..<written { _ = try await store.delete("/k/\(number)", expecting: .anything) }
            await #expect(throws: StoreError.full(quota: quota)) {
                try await store.put("/k/again", value, expecting: .absent)
            }
            try await store.compact(through: store.currentRevision())
            _ = try await store.put("/k/again", value, expecting: .absent)
            try store.close()
        }
    }

    @Test("What was acknowledged is there after the file is opened again")
    func reopening() async throws {
        try await withDirectory { path in
            let first = try SQLiteStore(path: path)
            let revisions = try await withThrowingTaskGroup(of: Revision.self) { group in
                for number in 0..<64 {
                    group.addTask { try await first.put("/r/\(number)", [UInt8(number)], expecting: .absent) }
                }
                return try await group.reduce(into: Set<Revision>()) { $0.insert($1) }
            }
            #expect(revisions == Set(1...64))
            _ = try await first.delete("/r/5", expecting: .anything)
            try first.close()
            let second = try SQLiteStore(path: path)
            let page = try await second.list(prefix: "/r/", after: nil, limit: nil)
            #expect(page.revision == 65)
            let expected = Set(UInt8(0)..<64).subtracting([5])
            #expect(Set(page.objects.compactMap(\.value.first)) == expected)
            #expect(page.objects.allSatisfy { revisions.contains($0.revision) })
            try second.close()
        }
    }

    @Test("A database of a version that did not note what changes took the place of says what it does not know")
    func oldDatabases() async throws {
        try await withDirectory { path in
            try Self.makeOldDatabase(path)
            let store = try SQLiteStore(path: path)
            #expect(try await store.list(prefix: "/", after: nil, limit: nil, at: 5).objects.map(\.revision) == [3])
            await #expect(throws: StoreError.compacted(5)) {
                try await store.list(prefix: "/", after: nil, limit: nil, at: 2)
            }
            _ = try await store.put("/a", [6], expecting: .revision(3))
            #expect(try await store.list(prefix: "/", after: nil, limit: nil, at: 5).objects.map(\.revision) == [3])
            try store.close()
        }
    }

    /// As the first version left it: one key changed twice after a compaction, another made and removed.
    private static func makeOldDatabase(_ path: String) throws {
        let queue = try DatabaseQueue(path: path)
        try SQLiteStore.migrator.migrate(queue, upTo: "changes")
        try queue.write { database in
            try database.execute(
                sql: """
                    INSERT INTO changes VALUES
                    (2, '/a', 0, x'02'), (3, '/a', 0, x'03'), (4, '/b', 1, x'04'), (5, '/b', 0, NULL);
                    INSERT INTO objects VALUES ('/a', 3);
                    UPDATE counters SET revision = 5, compacted = 1;
                    """)
        }
        try queue.close()
    }

    @Test("What has ended is removed once, and what came in its place stays")
    func lifetimes() async throws {
        try await withDirectory { path in
            let store = try SQLiteStore(path: path, durability: .process)
            let start = Date()
            for number in 0..<3 {
                _ = try await store.put("/\(number)", [1], expecting: .absent, lifetime: .seconds(60))
            }
            _ = try await store.put("/1", [2], expecting: .anything)
            #expect(try await store.removeEnded(now: start.addingTimeInterval(59)) == 0)
            #expect(try await store.removeEnded(now: Date(timeIntervalSinceNow: 62)) == 3)
            #expect(try await store.removeEnded(now: Date(timeIntervalSinceNow: 62)) == 0)
            #expect(store.currentRevision() == 6)
            #expect(try await store.list(prefix: "/", after: nil, limit: nil).objects.map(\.key) == ["/1"])
            try store.close()
        }
    }
}
