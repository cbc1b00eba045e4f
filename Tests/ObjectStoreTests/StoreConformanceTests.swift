import EtcdStore
import EtcdTesting
import Foundation
import TestSupport
import Testing

@testable import ObjectStore

/// Every store must pass these, whatever it keeps its values in.
@Suite struct StoreConformanceTests {
    enum Kind: String, Sendable, CaseIterable {
        case memory, sqlite, etcd

        static var allCases: [Kind] { [.memory, .sqlite] + (EtcdServer.isInstalled ? [.etcd] : []) }
    }

    private func withStore(_ kind: Kind, _ body: (any ObjectStore) async throws -> Void) async throws {
        switch kind {
        case .memory:
            try await running(MemoryStore(), body)
        case .sqlite:
            let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: directory) }
            let store = try SQLiteStore(path: directory.appendingPathComponent("store").path, durability: .process)
            try await running(store, body)
            try store.close()
        case .etcd:
            try await EtcdServer.with { server in
                try await running(try EtcdStore(try server.configuration), body)
            }
        }
    }

    private func running(_ store: any ObjectStore, _ body: (any ObjectStore) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await store.run() }
            try await body(store)
            group.cancelAll()
        }
    }

    /// The first `count` events of a watch.
    private func events(_ count: Int, of watch: StoreWatch) async throws -> [StoreEvent] {
        var found: [StoreEvent] = []
        for try await batch in watch {
            found += batch.events
            if found.count >= count { break }
        }
        return found
    }

    @Test(arguments: Kind.allCases) func revisionsRiseByOneOverAllKeys(_ kind: Kind) async throws {
        try await withStore(kind) { (store: any ObjectStore) async throws -> Void in
            let start = try await store.currentRevision()
            #expect(try await store.put("/a", [1], expecting: .absent) == start + 1)
            #expect(try await store.put("/b", [2], expecting: .absent) == start + 2)
            #expect(try await store.put("/a", [3], expecting: .revision(start + 1)) == start + 3)
            #expect(try await store.get("/a") == StoredObject(key: "/a", value: [3], revision: start + 3))
            #expect(try await store.delete("/b", expecting: .anything) == start + 4)
            #expect(try await store.get("/b") == nil)
            #expect(try await store.currentRevision() == start + 4)
        }
    }

    @Test(arguments: Kind.allCases) func conflictsChangeNothing(_ kind: Kind) async throws {
        try await withStore(kind) { (store: any ObjectStore) async throws -> Void in
            let now = try await store.put("/a", [1], expecting: .absent)
            await #expect(throws: StoreError.conflict(now)) { try await store.put("/a", [2], expecting: .absent) }
            await #expect(throws: StoreError.conflict(now)) { try await store.put("/a", [2], expecting: .revision(99)) }
            await #expect(throws: StoreError.conflict(nil)) {
                try await store.put("/b", [2], expecting: .revision(now))
            }
            await #expect(throws: StoreError.conflict(nil)) { try await store.delete("/b", expecting: .anything) }
            await #expect(throws: StoreError.conflict(now)) { try await store.delete("/a", expecting: .revision(99)) }
            #expect(try await store.get("/a")?.value == [1])
            #expect(try await store.currentRevision() == now)
        }
    }

    @Test(arguments: Kind.allCases) func listsPageByPageInByteOrder(_ kind: Kind) async throws {
        try await withStore(kind) { (store: any ObjectStore) async throws -> Void in
            let start = try await store.currentRevision()
            for key in ["/p/c", "/p/a", "/q/x", "/p/b", "/p/ä"] {
                _ = try await store.put(key, Array(key.utf8), expecting: .absent)
            }
            let all = try await store.list(prefix: "/p/", after: nil, limit: nil)
            #expect(all.objects.map(\.key) == ["/p/a", "/p/b", "/p/c", "/p/ä"])
            #expect(all.revision == start + 5 && all.remaining == 0)
            let first = try await store.list(prefix: "/p/", after: nil, limit: 2)
            #expect(first.objects.map(\.key) == ["/p/a", "/p/b"] && first.remaining == 2)
            let rest = try await store.list(prefix: "/p/", after: "/p/b", limit: 2)
            #expect(rest.objects.map(\.key) == ["/p/c", "/p/ä"] && rest.remaining == 0)
        }
    }

    @Test(arguments: Kind.allCases) func watchReplaysThenFollows(_ kind: Kind) async throws {
        try await withStore(kind) { (store: any ObjectStore) async throws -> Void in
            let first = try await store.put("/w/a", [1], expecting: .absent)
            _ = try await store.put("/other", [9], expecting: .absent)
            _ = try await store.put("/w/a", [2], expecting: .anything)
            let watch = try await store.watch(prefix: "/w/", after: first)
            _ = try await store.delete("/w/a", expecting: .anything)
            _ = try await store.put("/w/a", [3], expecting: .absent)
            let found = try await events(3, of: watch)
            #expect(
                found == [
                    StoreEvent(key: "/w/a", revision: first + 2, change: .put([2], created: false)),
                    StoreEvent(key: "/w/a", revision: first + 3, change: .deleted),
                    StoreEvent(key: "/w/a", revision: first + 4, change: .put([3], created: true)),
                ])
        }
    }

    @Test(arguments: Kind.allCases) func watchFromFarBackReadsTheLog(_ kind: Kind) async throws {
        try await withStore(kind) { (store: any ObjectStore) async throws -> Void in
            // More than any store keeps in its hub.
            let count = kind == .sqlite ? 10_000 : 4000
            let start = try await store.currentRevision()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<count {
                    group.addTask { _ = try await store.put("/k\(index)", [0], expecting: .absent) }
                }
                try await group.waitForAll()
            }
            let watch = try await store.watch(prefix: "", after: start)
            _ = try await store.put("/last", [1], expecting: .absent)
            let found = try await events(count + 1, of: watch)
            #expect(found.map(\.revision) == Array((start + 1)...(start + Revision(count + 1))))
        }
    }

    @Test(arguments: Kind.allCases) func compactionEndsOldWatchesOnly(_ kind: Kind) async throws {
        try await withStore(kind) { (store: any ObjectStore) async throws -> Void in
            let start = try await store.currentRevision()
            for value in 1...5 { _ = try await store.put("/a", [UInt8(value)], expecting: .anything) }
            try await store.compact(through: start + 3)
            await #expect(throws: StoreError.compacted(start + 3)) {
                try await store.watch(prefix: "", after: start + 2)
            }
            let found = try await events(2, of: try await store.watch(prefix: "", after: start + 3))
            #expect(found.map(\.revision) == [start + 4, start + 5])
            #expect(try await store.get("/a")?.value == [5])
        }
    }

    @Test(arguments: Kind.allCases) func concurrentWritersOfOneKeyAllCount(_ kind: Kind) async throws {
        try await withStore(kind) { (store: any ObjectStore) async throws -> Void in
            let start = try await store.put("/n", [0], expecting: .absent)
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
            #expect(try await store.currentRevision() == start + 20)
        }
    }

    @Test(arguments: Kind.allCases) func severalChangesAreMadeTogetherOrNotAtAll(_ kind: Kind) async throws {
        try await withStore(kind) { (store: any ObjectStore) async throws -> Void in
            let start = try await store.put("/a", [1], expecting: .absent)
            let watch = try await store.watch(prefix: "", after: start)
            let first = try await store.commit([
                StoreChange("/a", [2], expecting: .revision(start)), StoreChange("/claim/1", [9], expecting: .absent),
                StoreChange("/claim/none", nil, expecting: .anything),
            ])
            #expect(first == start + 1)
            #expect(try await events(2, of: watch).map(\.key) == ["/a", "/claim/1"])
            let claim = try await store.get("/claim/1")
            #expect(claim?.value == [9])
            // The first key's state is told, then another's.
            await #expect(throws: StoreError.conflict(first)) {
                try await store.commit([
                    StoreChange("/a", [3], expecting: .revision(start)),
                    StoreChange("/claim/1", [3], expecting: .absent),
                ])
            }
            await #expect(throws: StoreError.taken("/claim/1")) {
                try await store.commit([
                    StoreChange("/b", [3], expecting: .absent), StoreChange("/claim/2", [3], expecting: .absent),
                    StoreChange("/claim/1", [3], expecting: .absent),
                ])
            }
            await #expect(throws: StoreError.conflict(nil)) {
                try await store.commit([
                    StoreChange("/b", nil, expecting: .anything), StoreChange("/claim/2", [3], expecting: .absent),
                ])
            }
            #expect(try await store.get("/b") == nil)
            #expect(try await store.get("/claim/2") == nil)
            _ = try await store.commit([
                StoreChange("/a", nil, expecting: .revision(first)),
                StoreChange("/claim/1", nil, expecting: .revision(claim?.revision ?? 0)),
            ])
            #expect(try await store.list(prefix: "", after: nil, limit: nil).objects.isEmpty)
        }
    }

    /// Of many who want a key each and one in common, one gets both.
    @Test(arguments: Kind.allCases) func claimsAreGivenOnce(_ kind: Kind) async throws {
        try await withStore(kind) { (store: any ObjectStore) async throws -> Void in
            let winners = await withTaskGroup(of: Int.self) { group in
                for number in 0..<16 {
                    group.addTask {
                        let changes = ["/owner/\(number)", "/claim/\(number % 4)", "/claim/all"].map {
                            StoreChange($0, [UInt8(number)], expecting: .absent)
                        }
                        return (try? await store.commit(changes)) == nil ? 0 : 1
                    }
                }
                return await group.reduce(0, +)
            }
            #expect(winners == 1)
            #expect(try await store.list(prefix: "/owner/", after: nil, limit: nil).objects.count == 1)
            #expect(try await store.list(prefix: "/claim/", after: nil, limit: nil).objects.count == 2)
        }
    }

    @Test(arguments: Kind.allCases) func listsAtARevisionShowWhatWasThen(_ kind: Kind) async throws {
        try await withStore(kind) { (store: any ObjectStore) async throws -> Void in
            let start = try await store.currentRevision()
            for key in ["/p/a", "/p/b", "/p/c", "/q/x"] { _ = try await store.put(key, [1], expecting: .absent) }
            let then = try await store.currentRevision()
            _ = try await store.put("/p/a", [2], expecting: .anything)
            _ = try await store.put("/p/a", [3], expecting: .anything)
            _ = try await store.delete("/p/b", expecting: .anything)
            _ = try await store.put("/p/b", [2], expecting: .absent)
            _ = try await store.delete("/p/c", expecting: .anything)
            _ = try await store.put("/p/d", [2], expecting: .absent)
            let old = (1...3).map { number in
                StoredObject(key: "/p/\(["a", "b", "c"][number - 1])", value: [1], revision: start + Revision(number))
            }
            func check() async throws {
                let all = try await store.list(prefix: "/p/", after: nil, limit: nil, at: then)
                #expect(all.objects == old && all.revision == then && all.remaining == 0)
                let first = try await store.list(prefix: "/p/", after: nil, limit: 2, at: then)
                #expect(first.objects == Array(old[..<2]) && first.remaining == 1)
                let rest = try await store.list(prefix: "/p/", after: "/p/b", limit: 2, at: then)
                #expect(rest.objects == [old[2]] && rest.remaining == 0 && rest.revision == then)
            }
            try await check()
            try await store.compact(through: then)
            try await check()
            await #expect(throws: StoreError.compacted(then)) {
                try await store.list(prefix: "/p/", after: nil, limit: nil, at: then - 1)
            }
            let now = try await store.currentRevision()
            try await store.compact(through: now)
            let page = try await store.list(prefix: "/p/", after: nil, limit: nil, at: now)
            #expect(page.objects.map(\.value) == [[3], [2], [2]])
            await #expect(throws: StoreError.self) {
                try await store.list(prefix: "/p/", after: nil, limit: nil, at: now + 1000)
            }
        }
    }

    /// The model is a list taken at every revision.
    @Test(arguments: Kind.allCases) func listsAtRevisionsOfARandomWalk(_ kind: Kind) async throws {
        try await withStore(kind) { (store: any ObjectStore) async throws -> Void in
            var random = SeededGenerator(seed: 17)
            var pages: [StoredPage] = []
            for step in 0..<120 {
                let key = "/r/\(Int.random(in: 0..<8, using: &random))"
                if random.oneIn(3) {
                    _ = try? await store.delete(key, expecting: .anything)
                } else {
                    _ = try await store.put(key, [UInt8(step)], expecting: .anything)
                }
                pages.append(try await store.list(prefix: "/r/", after: nil, limit: nil))
                if step % 40 == 39 { try await store.compact(through: pages[step - 20].revision) }
                let oldest = step < 39 ? 0 : pages[step / 40 * 40 + (step % 40 == 39 ? 19 : -21)].revision
                for page in pages where page.revision >= oldest {
                    let then = try await store.list(prefix: "/r/", after: nil, limit: nil, at: page.revision)
                    #expect(then.objects == page.objects, "step \(step), revision \(page.revision)")
                }
            }
        }
    }

    @Test(arguments: Kind.allCases) func valuesEndWithTheirLifetimes(_ kind: Kind) async throws {
        try await withStore(kind) { (store: any ObjectStore) async throws -> Void in
            let start = try await store.currentRevision()
            _ = try await store.put("/l/stays", [1], expecting: .absent, lifetime: .seconds(1))
            _ = try await store.put("/l/goes", [1], expecting: .absent, lifetime: .milliseconds(10))
            _ = try await store.put("/l/stays", [2], expecting: .anything)
            _ = try await store.put("/l/later", [3], expecting: .absent, lifetime: .seconds(3600))
            let watch = try await store.watch(prefix: "/l/", after: start + 4)
            let found = try await events(1, of: watch)
            #expect(found.map(\.key) == ["/l/goes"] && found.map(\.change) == [.deleted])
            #expect(found.map(\.revision) == [start + 5])
            #expect(
                try await store.list(prefix: "/l/", after: nil, limit: nil).objects.map(\.key) == [
                    "/l/later", "/l/stays",
                ])
        }
    }

    @Test(arguments: Kind.allCases) func watchesAreToldHowFarTheyAre(_ kind: Kind) async throws {
        try await withStore(kind) { (store: any ObjectStore) async throws -> Void in
            let start = try await store.currentRevision()
            let watch = try await store.watch(prefix: "/wanted/", after: start)
            _ = try await store.put("/wanted/a", [1], expecting: .absent)
            _ = try await store.put("/other/a", [1], expecting: .absent)
            let now = try await store.currentRevision()
            try await store.requestProgress()
            var found: [StoreEvent] = []
            var last = start
            for try await batch in watch {
                #expect(batch.revision >= last)
                last = batch.revision
                found += batch.events
                if last >= now { break }
            }
            #expect(found.map(\.key) == ["/wanted/a"])
        }
    }

    @Test(arguments: Kind.allCases) func turnsCompactWhatWasOldAtTheTurnBefore(_ kind: Kind) async throws {
        try await withStore(kind) { (store: any ObjectStore) async throws -> Void in
            _ = try await store.put("/a", [1], expecting: .absent)
            let first = try await store.currentRevision()
            let turn = try await store.compact(inTurn: nil)
            _ = try await store.put("/a", [2], expecting: .anything)
            _ = try await store.watch(prefix: "", after: first - 1)
            let next = try await store.compact(inTurn: turn)
            #expect(next.number > turn.number && next.revision > turn.revision)
            await #expect(throws: StoreError.compacted(turn.revision)) {
                try await store.watch(prefix: "", after: first - 1)
            }
            _ = try await store.watch(prefix: "", after: turn.revision)
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
