import Foundation
import GRDB
import TestSupport
import Testing

@testable import ObjectStore

/// Files that are not what was written.
@Suite struct DamageTests {
    /// A store of 200 changes that is killed.
    private func killed(_ body: (StoreDirectory) async throws -> Void) async throws {
        try await StoreDirectory.with { directory in
            let store = try directory.store()
            for number in 0..<200 {
                let value = [UInt8](repeating: UInt8(number), count: 500)
                _ = try await store.put("/k/\(number)", value, expecting: .absent)
            }
            try await body(try directory.killed())
            try store.close()
        }
    }

    @Test("Who is killed loses nothing, and revisions go on where they were")
    func kill() async throws {
        try await killed { directory in
            let store = try directory.store()
            #expect(store.findings.isEmpty)
            #expect(store.currentRevision() == 200)
            #expect(try await store.put("/k/more", [1], expecting: .absent) == 201)
            try store.close()
        }
    }

    enum Damage: String, CaseIterable, Sendable { case flipped, truncated, deleted, older }

    @Test("A log that lost changes is told of, and their revisions are not given out again", arguments: Damage.allCases)
    func log(_ damage: Damage) async throws {
        try await killed { directory in
            switch damage {
            case .flipped: try directory.change("-wal") { $0[$0.count / 2] ^= 4 }
            case .truncated: try directory.change("-wal") { $0 = $0.prefix($0.count / 2) }
            case .deleted: try FileManager.default.removeItem(atPath: directory.path + "-wal")
            case .older:
                for suffix in ["", "-wal"] { try FileManager.default.removeItem(atPath: directory.path + suffix) }
            }
            let store = try directory.store()
            #expect(store.findings.count == 1)
            #expect(store.findings.first?.contains("revision 200 were acknowledged") == true)
            #expect(store.currentRevision() >= 200)
            let revision = try await store.put("/k/more", [1], expecting: .absent)
            #expect(revision > 200)
            try store.close()
            // It is said once, and what is there now is the truth.
            let again = try directory.store()
            #expect(again.findings.isEmpty)
            #expect(again.currentRevision() == revision)
            try again.close()
        }
    }

    @Test("The mark is read as it was written, and not believed when it was not")
    func mark() {
        typealias Content = RevisionMark.Content
        let content = Content(acknowledged: 5, reserved: 10_005, boot: "a-boot")
        #expect(Content(content.bytes) == content)
        #expect(content.bytes.count == Content(acknowledged: .max, reserved: .max).bytes.count)
        for index in content.bytes.indices {
            var bytes = content.bytes
            bytes[index] ^= 1
            #expect(Content(bytes) == nil, "\(index)")
        }
        var random = SeededGenerator(seed: 1)
        for _ in 0..<500 {
            #expect(
                Content((0..<Int.random(in: 0...200, using: &random)).map { _ in .random(in: 0...255, using: &random) })
                    == nil)
        }
    }

    @Test("After a reset of the machine, revisions go on behind those that may have been given out")
    func reset() {
        let content = RevisionMark.Content(acknowledged: 7, reserved: 10_000, boot: "one")
        #expect(RevisionMark.judge(content, revision: 8, boot: "one") == .init(revision: 8))
        #expect(RevisionMark.judge(content, revision: 8, boot: "two") == .init(revision: 10_000))
        #expect(RevisionMark.judge(content, revision: 6, boot: "one").revision == 10_000)
        #expect(RevisionMark.judge(content, revision: 6, boot: "one").problem != nil)
        #expect(RevisionMark.judge(nil, revision: 6, boot: "one") == .init(revision: 6))
    }

    @Test("A value that was changed on the disk is left out and named, and its key can be used again")
    func value() async throws {
        try await StoreDirectory.with { directory in
            let first = try directory.store()
            for key in ["/a", "/b", "/c"] { _ = try await first.put(key, Array("hello".utf8), expecting: .absent) }
            try first.close()
            let queue = try DatabaseQueue(path: directory.path)
            try await queue.write { try $0.execute(sql: "UPDATE changes SET value = x'68656c6c71' WHERE key = '/b'") }
            try queue.close()
            let store = try directory.store()
            let page = try await store.list(prefix: "", after: nil, limit: nil)
            #expect(page.objects.map(\.key) == ["/a", "/c"])
            #expect(page.damaged == [DamagedValue(key: "/b", revision: 2)])
            let (paged, more) = (
                try await store.list(prefix: "", after: nil, limit: 2),
                try await store.list(prefix: "", after: "/b", limit: 2)
            )
            #expect(paged.objects.map(\.key) == ["/a"] && paged.remaining == 1)
            #expect(more.objects.map(\.key) == ["/c"])
            await #expect(throws: StoreError.damaged("/b")) { try await store.get("/b") }
            for damaged in page.damaged { try await store.setAside(damaged) }
            #expect(try await store.get("/b") == nil)
            #expect(try await store.put("/b", [1], expecting: .absent) == 4)
            let kept = try await store.pool.read { try Data.fetchOne($0, sql: "SELECT value FROM damaged") }
            #expect(kept == Data("hellq".utf8))
            try store.close()
        }
    }

    @Test func checksums() {
        let bytes = Array("a value of some length, not a multiple of eight".utf8)
        let sum = ValueChecksum.of("/key", bytes)
        #expect(ValueChecksum.of("/key", Data(bytes)) == sum)
        for index in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[index] ^= 1 << bit
                #expect(ValueChecksum.of("/key", changed) != sum)
            }
        }
        #expect(ValueChecksum.of("/ke", [UInt8(ascii: "y")] + bytes) != sum)
        #expect(ValueChecksum.of("/key", bytes.dropLast()) != sum)
    }

    @Test("When the database can grow no more, values are refused and removals are taken")
    func fullDisk() async throws {
        try await StoreDirectory.with { directory in
            let store = try directory.store()
            _ = try await store.put("/small", [1], expecting: .absent)
            try await store.pool.write { database in
                let count = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
                _ = try Row.fetchAll(database, sql: "PRAGMA max_page_count = \(count + 2)")
            }
            await #expect(throws: StoreError.diskFull) {
                try await store.put("/large", [UInt8](repeating: 1, count: 100_000), expecting: .absent)
            }
            #expect(try await store.delete("/small", expecting: .anything) == 2)
            try store.close()
        }
    }
}
