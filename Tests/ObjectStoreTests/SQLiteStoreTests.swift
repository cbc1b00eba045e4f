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
}
