import Synchronization
import Testing

@testable import EtcdStore

@Suite struct RequestSlotsTests {
    private final class Count: Sendable {
        private let state = Mutex((now: 0, most: 0, done: 0))

        func begin() { state.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1), $0.done) } }
        func end() { state.withLock { $0 = ($0.now - 1, $0.most, $0.done + 1) } }
        var total: (most: Int, done: Int) { state.withLock { ($0.most, $0.done) } }
    }

    @Test("No more are under way than there are slots, and all have their turn")
    func limit() async throws {
        let slots = RequestSlots(3)
        let count = Count()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    try await slots.with {
                        count.begin()
                        await Task.yield()
                        count.end()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(count.total.done == 100 && (1...3).contains(count.total.most))
    }

    @Test("Who is cancelled while he waits leaves the row and takes nothing with him")
    func cancellation() async throws {
        let slots = RequestSlots(1)
        try await slots.with {
            let waiting = Task { try await slots.with {} }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
        }
        try await slots.with {}
    }
}
