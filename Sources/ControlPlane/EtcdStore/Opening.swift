import ObjectStore
import Synchronization

/// Whether a watch has come about, for the one who waits for it.
final class Opening: Sendable {
    private struct State {
        var result: Result<Void, StoreError>?
        var waiter: CheckedContinuation<Void, Never>?
        /// Why it has not yet.
        var trouble = StoreError.timedOut
    }

    private let state = Mutex(State())

    /// Notes why it takes so long.
    func note(_ trouble: StoreError) { state.withLock { $0.trouble = trouble } }

    /// Says how it went; only the first time counts.
    func settle(_ result: Result<Void, StoreError>) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.result == nil else { return nil }
            state.result = result
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Waits until it is settled; after the time, or when cancelled, it is settled with what was noted.
    func wait(_ timeout: Duration) async throws(StoreError) {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                try? await Task.sleep(for: timeout)
                self.settle(.failure(self.state.withLock { $0.trouble }))
            }
            group.addTask {
                await withCheckedContinuation { continuation in
                    let isSettled = self.state.withLock { state in
                        if state.result == nil { state.waiter = continuation }
                        return state.result != nil
                    }
                    if isSettled { continuation.resume() }
                }
            }
            await group.next()
            group.cancelAll()
        }
        try state.withLock { $0.result ?? .failure($0.trouble) }.get()
    }
}
