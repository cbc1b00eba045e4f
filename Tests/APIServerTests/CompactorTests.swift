import Logging
import ObjectStore
import Synchronization
import Testing

@testable import APIServer

@Suite struct CompactorTests {
    @Test("A version stays watchable for one interval at least and two at most")
    func keepsOneInterval() async throws {
        let store: any ObjectStore = MemoryStore()
        _ = try await store.put("/a", [1], expecting: .absent)
        let turns = Mutex(0)
        let compactor = Compactor(store: store, interval: .seconds(300), logger: Logger(label: "test")) { duration in
            #expect(duration == .seconds(300))
            let turn = turns.withLock { turn in
                turn += 1
                return turn
            }
            switch turn {
            case 1:
                _ = try await store.put("/a", [2], expecting: .anything)
            case 2:
                // The first turn compacted what was there before it: revision 1.
                await #expect(throws: StoreError.compacted(1)) { try await store.watch(prefix: "", after: 0) }
                _ = try await store.watch(prefix: "", after: 1)
            case 3:
                await #expect(throws: StoreError.compacted(2)) { try await store.watch(prefix: "", after: 1) }
                throw CancellationError()
            default: break
            }
        }
        await #expect(throws: CancellationError.self) { try await compactor.run() }
        #expect(turns.withLock { $0 } == 3)
    }
}
