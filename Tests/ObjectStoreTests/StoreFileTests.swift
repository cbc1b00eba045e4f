import Foundation
import GRDB
import Testing

@testable import ObjectStore

@Suite struct StoreFileTests {
    private func withDirectory(_ body: (String) async throws -> Void) async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try await body(directory.path)
    }

    @Test("A copy of a store that is written to is whole and of one moment, and put back it is a store")
    func snapshotAndRestore() async throws {
        try await withDirectory { directory in
            let file = StoreFile(path: directory + "/a")
            let store = try SQLiteStore(path: file.path, durability: .process)
            for number in 0..<50 { _ = try await store.put("/\(number)", [UInt8(number)], expecting: .absent) }
            async let writes: Void = {
                for number in 0..<200 { _ = try await store.put("/x", [UInt8(number)], expecting: .anything) }
            }()
            let copy = StoreFile(path: directory + "/copy")
            let summary = try file.snapshot(to: copy.path)
            try await writes
            #expect(summary.revision >= 50 && (50...51).contains(summary.objects))
            #expect(try copy.problems().isEmpty && file.problems().isEmpty)
            #expect(throws: StoreError.self) { try file.snapshot(to: copy.path) }
            #expect(!FileManager.default.fileExists(atPath: copy.path + ".partial"))
            let mode = try FileManager.default.attributesOfItem(atPath: copy.path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(throws: StoreError.self) { try file.restore(from: copy) }
            let last = store.currentRevision()
            try store.close()

            let restored = StoreFile(path: directory + "/b")
            #expect(try restored.restore(from: copy, after: last).revision == last + StoreFile.gap)
            let again = try SQLiteStore(path: restored.path, durability: .process)
            #expect(again.findings.isEmpty)
            #expect(try await again.get("/7") == StoredObject(key: "/7", value: [7], revision: 8))
            await #expect(throws: StoreError.self) { try await again.watch(prefix: "/", after: last) }
            #expect(try await again.put("/new", [1], expecting: .absent) == last + StoreFile.gap + 1)
            try again.close()
        }
    }

    @Test("Damage is told by name, and nothing is put back that has some")
    func damage() async throws {
        try await withDirectory { directory in
            let file = StoreFile(path: directory + "/a")
            #expect(throws: StoreError.self) { try file.problems() }
            #expect(!file.exists)
            let store = try SQLiteStore(path: file.path, durability: .process)
            for name in ["/good", "/flipped", "/missing"] {
                _ = try await store.put(name, Array(name.utf8), expecting: .absent)
            }
            try store.close()
            let queue = try DatabaseQueue(path: file.path)
            try await queue.write { database in
                try database.execute(sql: "UPDATE changes SET value = x'00' WHERE key = '/flipped'")
                try database.execute(sql: "DELETE FROM changes WHERE key = '/missing'")
                try database.execute(sql: "UPDATE counters SET revision = 1")
            }
            try queue.close()
            let problems = try file.problems()
            #expect(problems.count == 3)
            for word in ["/flipped", "/missing", "revision"] {
                #expect(problems.contains { $0.contains(word) }, "\(problems)")
            }
            #expect(throws: StoreError.damaged("/flipped")) { try file.contents() }
        }
    }

    @Test("Values of another store keep their order, and their revisions where each has its own")
    func importing() async throws {
        try await withDirectory { directory in
            let file = StoreFile(path: directory + "/a")
            let objects = [
                StoredObject(key: "/a", value: [1], revision: 9), StoredObject(key: "/b", value: [2], revision: 4),
                StoredObject(key: "/c", value: [3], revision: 9), StoredObject(key: "/d", value: [4], revision: 10),
            ]
            #expect(try file.make(from: objects, revision: 20) == .init(objects: 4, revision: 20))
            #expect(try file.problems().isEmpty)
            let (found, revision) = try file.contents()
            #expect(revision == 20)
            #expect(found.sorted { $0.revision < $1.revision }.map(\.key) == ["/b", "/a", "/c", "/d"])
            #expect(found.map(\.revision) == [9, 4, 10, 11])
            #expect(throws: StoreError.self) { try file.make(from: objects, revision: 20) }
        }
    }
}
