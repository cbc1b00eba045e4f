import Foundation
import Testing

@testable import ObjectStore

/// Every store must pass these, whatever it keeps its values in.
@Suite struct StoreConformanceTests {
    enum Kind: String, CaseIterable, Sendable { case memory, sqlite }

    private func withStore(_ kind: Kind, _ body: (any ObjectStore) async throws -> Void) async throws {
        switch kind {
        case .memory:
            try await body(MemoryStore())
        case .sqlite:
            let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: directory) }
            let store = try SQLiteStore(path: directory.appendingPathComponent("store").path, durability: .process)
            try await body(store)
            try store.close()
        }
    }

    /// The first `count` events of a watch.
    private func events(_ count: Int, of watch: StoreWatch) async throws -> [StoreEvent] {
        var found: [StoreEvent] = []
        for try await batch in watch {
            found += batch
            if found.count >= count { break }
        }
        return found
    }

    @Test(arguments: Kind.allCases) func revisionsRiseByOneOverAllKeys(_ kind: Kind) async throws {
        try await withStore(kind) { (store: any ObjectStore) async throws -> Void in
            #expect(try await store.currentRevision() == 0)
            #expect(try await store.put("/a", [1], expecting: .absent) == 1)
            #expect(try await store.put("/b", [2], expecting: .absent) == 2)
            #expect(try await store.put("/a", [3], expecting: .revision(1)) == 3)
            #expect(try await store.get("/a") == StoredObject(key: "/a", value: [3], revision: 3))
            #expect(try await store.delete("/b", expecting: .anything) == 4)
            #expect(try await store.get("/b") == nil)
            #expect(try await store.currentRevision() == 4)
        }
    }

    @Test(arguments: Kind.allCases) func conflictsChangeNothing(_ kind: Kind) async throws {
        try await withStore(kind) { (store: any ObjectStore) async throws -> Void in
            _ = try await store.put("/a", [1], expecting: .absent)
            await #expect(throws: StoreError.conflict(1)) { try await store.put("/a", [2], expecting: .absent) }
            await #expect(throws: StoreError.conflict(1)) { try await store.put("/a", [2], expecting: .revision(9)) }
            await #expect(throws: StoreError.conflict(nil)) { try await store.put("/b", [2], expecting: .revision(1)) }
            await #expect(throws: StoreError.conflict(nil)) { try await store.delete("/b", expecting: .anything) }
            await #expect(throws: StoreError.conflict(1)) { try await store.delete("/a", expecting: .revision(2)) }
            #expect(try await store.get("/a")?.value == [1])
            #expect(try await store.currentRevision() == 1)
        }
    }

    @Test(arguments: Kind.allCases) func listsPageByPageInByteOrder(_ kind: Kind) async throws {
        try await withStore(kind) { (store: any ObjectStore) async throws -> Void in
            for key in ["/p/c", "/p/a", "/q/x", "/p/b", "/p/ä"] {
                _ = try await store.put(key, Array(key.utf8), expecting: .absent)
            }
            let all = try await store.list(prefix: "/p/", after: nil, limit: nil)
            #expect(all.objects.map(\.key) == ["/p/a", "/p/b", "/p/c", "/p/ä"])
            #expect(all.revision == 5 && all.remaining == 0)
            let first = try await store.list(prefix: "/p/", after: nil, limit: 2)
            #expect(first.objects.map(\.key) == ["/p/a", "/p/b"] && first.remaining == 2)
            let rest = try await store.list(prefix: "/p/", after: "/p/b", limit: 2)
            #expect(rest.objects.map(\.key) == ["/p/c", "/p/ä"] && rest.remaining == 0)
        }
    }

    @Test(arguments: Kind.allCases) func watchReplaysThenFollows(_ kind: Kind) async throws {
        try await withStore(kind) { (store: any ObjectStore) async throws -> Void in
            _ = try await store.put("/w/a", [1], expecting: .absent)
            _ = try await store.put("/other", [9], expecting: .absent)
            _ = try await store.put("/w/a", [2], expecting: .anything)
            let watch = try await store.watch(prefix: "/w/", after: 1)
            _ = try await store.delete("/w/a", expecting: .anything)
            _ = try await store.put("/w/a", [3], expecting: .absent)
            let found = try await events(3, of: watch)
            #expect(
                found == [
                    StoreEvent(key: "/w/a", revision: 3, change: .put([2], created: false)),
                    StoreEvent(key: "/w/a", revision: 4, change: .deleted),
                    StoreEvent(key: "/w/a", revision: 5, change: .put([3], created: true)),
                ])
        }
    }

    @Test(arguments: Kind.allCases) func watchFromFarBackReadsTheLog(_ kind: Kind) async throws {
        try await withStore(kind) { (store: any ObjectStore) async throws -> Void in
            // More than either store keeps in its hub.
            let count = kind == .memory ? 4000 : 10_000
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<count {
                    group.addTask { _ = try await store.put("/k\(index)", [0], expecting: .absent) }
                }
                try await group.waitForAll()
            }
            let watch = try await store.watch(prefix: "", after: 0)
            _ = try await store.put("/last", [1], expecting: .absent)
            let found = try await events(count + 1, of: watch)
            #expect(found.map(\.revision) == Array(1...Revision(count + 1)))
        }
    }

    @Test(arguments: Kind.allCases) func compactionEndsOldWatchesOnly(_ kind: Kind) async throws {
        try await withStore(kind) { (store: any ObjectStore) async throws -> Void in
            for value in 1...5 { _ = try await store.put("/a", [UInt8(value)], expecting: .anything) }
            try await store.compact(through: 3)
            await #expect(throws: StoreError.compacted(3)) { try await store.watch(prefix: "", after: 2) }
            let found = try await events(2, of: try await store.watch(prefix: "", after: 3))
            #expect(found.map(\.revision) == [4, 5])
            #expect(try await store.get("/a")?.value == [5])
        }
    }

    @Test(arguments: Kind.allCases) func concurrentWritersOfOneKeyAllCount(_ kind: Kind) async throws {
        try await withStore(kind) { (store: any ObjectStore) async throws -> Void in
            _ = try await store.put("/n", [0], expecting: .absent)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        while true {
                            guard let now = try await store.get("/n") else { return }
                            do {
                                _ = try await store.put(
                                    "/n", [now.value[0] + 1], expecting: .revision(now.revision))
                                return
                            } catch StoreError.conflict { continue }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await store.get("/n")?.value == [20])
            #expect(try await store.currentRevision() == 21)
        }
    }

    @Test func sqliteKeepsEverythingOverARestart() async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let path = directory.appendingPathComponent("store").path
        let first = try SQLiteStore(path: path)
        _ = try await first.put("/a", [1], expecting: .absent)
        _ = try await first.put("/a", [2], expecting: .revision(1))
        _ = try await first.put("/b", [3], expecting: .absent)
        try first.close()
        let second = try SQLiteStore(path: path)
        #expect(second.currentRevision() == 3)
        #expect(try await second.get("/a") == StoredObject(key: "/a", value: [2], revision: 2))
        let found = try await events(2, of: try await second.watch(prefix: "", after: 1))
        #expect(found.map(\.revision) == [2, 3])
        try second.close()
    }

    @Test func slowWatchersAreDroppedAndOthersAreNot() async throws {
        let hub = WatchHub(revision: 0, recentLimit: 100, bufferedBatches: 2)
        guard case .complete(let slow) = hub.subscribe(prefix: "", after: 0) else {
            Issue.record("a fresh hub replays all")
            return
        }
        for revision in 1...5 {
            hub.publish([StoreEvent(key: "/a", revision: Revision(revision), change: .deleted)])
        }
        await #expect(throws: StoreError.slowWatcher) { for try await _ in slow {} }
        guard case .complete(let next) = hub.subscribe(prefix: "", after: 2) else {
            Issue.record("recent events are kept")
            return
        }
        #expect(try await events(3, of: next).map(\.revision) == [3, 4, 5])
    }
}
