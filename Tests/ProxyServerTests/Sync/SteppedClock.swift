import Synchronization

@testable import ProxyServer

/// Time that passes when the test says so.
final class SteppedClock: Sendable {
    private struct State {
        var now = Duration.zero
        var sleepers: [Int: (until: Duration, continuation: CheckedContinuation<Void, any Error>)] = [:]
        var nextSleeper = 0
    }

    private let state = Mutex(State())

    var clock: FamilySync.Clock {
        FamilySync.Clock(now: { self.state.withLock(\.now) }, sleep: { try await self.sleep(until: $0) })
    }

    /// When somebody wants to wake next.
    var nextWake: Duration? { state.withLock { $0.sleepers.values.map(\.until).min() } }

    func advance(to instant: Duration) {
        let due = state.withLock { state in
            state.now = max(state.now, instant)
            let due = state.sleepers.filter { $0.value.until <= state.now }
            for key in due.keys { state.sleepers[key] = nil }
            return due.values.map(\.continuation)
        }
        for continuation in due { continuation.resume() }
    }

    private func sleep(until instant: Duration) async throws {
        let number = state.withLock { state in
            state.nextSleeper += 1
            return state.nextSleeper
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isOver = state.withLock { state in
                    if instant <= state.now { return true }
                    state.sleepers[number] = (instant, continuation)
                    return false
                }
                if isOver {
                    continuation.resume()
                } else if Task.isCancelled {
                    cancel(number)
                }
            }
        } onCancel: {
            cancel(number)
        }
    }

    private func cancel(_ number: Int) {
        state.withLock { $0.sleepers.removeValue(forKey: number) }?.continuation.resume(throwing: CancellationError())
    }
}
