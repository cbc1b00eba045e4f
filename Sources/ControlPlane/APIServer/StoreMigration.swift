public import ObjectStore

/// Fills an empty shared store with the objects of another one.
public struct StoreMigration: Sendable {
    /// Why a store is not filled.
    public struct Refused: Error, Sendable, CustomStringConvertible {
        public var description: String
    }

    private static let together = 64

    let store: any ObjectStore
    let events: Duration
    let report: @Sendable (String) -> Void

    /// - Parameters:
    ///   - events: how long Events live from now on; zero: until they are removed.
    ///   - report: told how far it is, a line at a time.
    public init(store: any ObjectStore, events: Duration, report: @escaping @Sendable (String) -> Void) {
        self.store = store
        self.events = events
        self.report = report
    }

    /// Writes the objects in the order of their revisions, behind a revision.
    /// - Returns: how many are there now.
    /// - Throws: ``Refused`` if the store is not empty, or does not hold them afterwards; errors of the store.
    public func fill(_ objects: [StoredObject], after revision: Revision) async throws -> Int {
        let before = try await store.list(prefix: StoredContents.root + "/", after: nil, limit: 1)
        guard before.objects.isEmpty else {
            throw Refused(description: "the store is not empty: it has \(before.objects[0].key)")
        }
        try await raise(to: revision)
        let sorted = objects.filter { !StoredContents.isOfSharing($0) }.sorted { $0.revision < $1.revision }
        for (index, object) in sorted.enumerated() {
            if index > 0, index.isMultiple(of: 1000) { report("\(index) of \(sorted.count) objects") }
            _ = try await store.put(
                object.key, object.value, expecting: .absent,
                lifetime: StoredContents.lifetime(of: object, events: events))
        }
        let after = try await store.list(prefix: StoredContents.root + "/", after: nil, limit: nil).objects
        let wanted = sorted.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        guard after.count == wanted.count,
            zip(after, wanted).allSatisfy({ $0.key == $1.key && $0.value == $1.value })
        else {
            throw Refused(description: "the store does not hold what was written to it; did somebody else write?")
        }
        return after.count
    }

    /// Raises the store's revision: each notice of progress is a write there.
    private func raise(to revision: Revision) async throws {
        let start = try await store.currentRevision()
        var now = start
        while now < revision {
            let next = min(revision, now + 20_000)
            try await withThrowingTaskGroup(of: Void.self) { group in
                let share = (next - now) / Int64(Self.together) + 1
                for _ in 0..<Self.together {
                    group.addTask { [store] in
                        for _ in 0..<share { try await store.requestProgress() }
                    }
                }
                try await group.waitForAll()
            }
            let reached = try await store.currentRevision()
            guard reached > now else { throw Refused(description: "the store's revision does not rise") }
            now = reached
            report("revision \(now) of \(revision)")
        }
        // The versions in between are of no use to anybody.
        if now > start { try await store.compact(through: now) }
    }
}
