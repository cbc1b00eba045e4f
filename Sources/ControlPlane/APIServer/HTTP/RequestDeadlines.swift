import APIObjects
import Synchronization

/// Ends requests that take too long, with one timer for all: a timer for each costs as much as a small request.
final class RequestDeadlines: Sendable {
    private struct Entry {
        var deadline: ContinuousClock.Instant
        var cancel: @Sendable () -> Void
    }

    private struct State {
        var next = 0
        /// No more than requests may be in flight.
        var running: [Int: Entry] = [:]
    }

    private let limit: Duration
    private let state = Mutex(State())

    init(limit: Duration) { self.limit = limit }

    /// How late a request may be ended.
    private var resolution: Duration { max(min(limit / 20, .seconds(1)), .milliseconds(1)) }

    /// What is told to a request, with the time that it has.
    func work(_ unread: UnreadAnswers? = nil) -> RequestWork { RequestWork(deadline: .now + limit, unread: unread) }

    /// - Parameter observed: is given what ends the work early; lets go of it afterwards.
    /// - Throws: ``StatusError/timeout`` if the work took longer and was cancelled for that; what it throws else.
    func run<Value: Sendable>(
        _ request: RequestWork? = nil, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await run(request, endedBy: { _ in {} }, work)
    }

    func run<Value: Sendable>(
        _ request: RequestWork? = nil, endedBy observed: (@escaping @Sendable () -> Void) -> () -> Void,
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let request = request ?? self.work()
        // A task of its own, because only its handle lets the timer cancel it; it is awaited here.
        let task = Task { try await RequestWork.$current.withValue(request) { try await work() } }
        let forget = observed {
            request.abandon()
            task.cancel()
        }
        defer { forget() }
        let number = begin(request.deadline) { task.cancel() }
        let result = await withTaskCancellationHandler {
            await task.result
        } onCancel: {
            task.cancel()
        }
        guard end(number) else { throw StatusError.timeout }
        return try result.get()
    }

    /// Cancels what is late, until cancelled itself.
    func watch() async throws {
        while true {
            try await Task.sleep(for: resolution)
            for entry in late(at: .now) { entry.cancel() }
        }
    }

    /// Calls back at a deadline, unless ``end(_:)`` comes before.
    func begin(_ deadline: ContinuousClock.Instant?, _ cancel: @escaping @Sendable () -> Void) -> Int {
        let deadline = deadline ?? .now + limit
        return state.withLock { state in
            state.next += 1
            state.running[state.next] = Entry(deadline: deadline, cancel: cancel)
            return state.next
        }
    }

    /// False if the request was late.
    @discardableResult
    func end(_ number: Int) -> Bool { state.withLock { $0.running.removeValue(forKey: number) != nil } }

    private func late(at now: ContinuousClock.Instant) -> [Entry] {
        state.withLock { state in
            let late = state.running.filter { $0.value.deadline <= now }
            for number in late.keys { state.running[number] = nil }
            return Array(late.values)
        }
    }
}
