import NIOCore
import Synchronization

/// What happens on one connection: how many requests are being answered, and who wants to know that the client is gone.
final class ConnectionActivity: Sendable {
    private struct State {
        var active = 0
        var begun = 0
        var idleSince = NIODeadline.now()
        var isGone = false
        var next = 0
        var observers: [Int: @Sendable () -> Void] = [:]
    }

    /// A request that counts as active until this is let go.
    final class Request: Sendable {
        private let activity: ConnectionActivity

        fileprivate init(_ activity: ConnectionActivity) { self.activity = activity }

        deinit { activity.end() }
    }

    private let state = Mutex(State())

    func begin() -> Request {
        state.withLock { state in
            state.active += 1
            state.begun += 1
        }
        return Request(self)
    }

    private func end() {
        state.withLock { state in
            state.active -= 1
            state.idleSince = .now()
        }
    }

    /// Requests that were begun, those being answered, and when the last was answered.
    var snapshot: (begun: Int, active: Int, idleSince: NIODeadline) {
        state.withLock { ($0.begun, $0.active, $0.idleSince) }
    }

    /// Calls back once the client is gone, which may be at once.
    func whenGone(_ observer: @escaping @Sendable () -> Void) -> Int {
        let (number, isGone) = state.withLock { state in
            state.next += 1
            if !state.isGone { state.observers[state.next] = observer }
            return (state.next, state.isGone)
        }
        if isGone { observer() }
        return number
    }

    func forget(_ number: Int) { state.withLock { $0.observers[number] = nil } }

    func gone() {
        let observers = state.withLock { state in
            state.isGone = true
            defer { state.observers = [:] }
            return state.observers.values
        }
        for observer in observers { observer() }
    }
}
