import Synchronization

/// Bounds what answers take that are not read: all of them together in bytes, each of them in the time without progress.
package final class UnreadAnswers: Sendable {
    private struct Entry {
        var bytes = 0
        /// When something of it was read last.
        var progress: ContinuousClock.Instant
        let close: @Sendable () -> Void
    }

    private struct State {
        var total = 0
        var entries: [Int: Entry] = [:]
        var next = 0
    }

    private let limit: Int
    private let patience: Duration
    private let state = Mutex(State())

    /// - Parameters:
    ///   - limit: bytes, of all connections.
    ///   - patience: how long an answer may wait for its reader.
    package init(limit: Int, patience: Duration) {
        self.limit = limit
        self.patience = patience
    }

    /// Bytes that wait for readers, or are held for answers.
    var total: Int { state.withLock { $0.total } }
    var isOverfull: Bool { total > limit }

    func take(_ bytes: Int) { state.withLock { $0.total += bytes } }
    func giveBack(_ bytes: Int) { state.withLock { $0.total -= bytes } }

    /// - Parameter close: ends the connection or stream that answers are written to.
    package func register(_ close: @escaping @Sendable () -> Void) -> Int {
        state.withLock { state in
            state.next += 1
            state.entries[state.next] = Entry(progress: .now, close: close)
            return state.next
        }
    }

    package func unregister(_ number: Int) {
        state.withLock { state in
            if let entry = state.entries.removeValue(forKey: number) { state.total -= entry.bytes }
        }
    }

    /// Bytes are to be sent. If that is too much for all together, the one that has waited longest ends.
    package func wrote(_ bytes: Int, to number: Int) {
        let oldest = state.withLock { state -> Entry? in
            guard var entry = state.entries[number] else { return nil }
            if entry.bytes == 0 { entry.progress = .now }
            entry.bytes += bytes
            state.entries[number] = entry
            state.total += bytes
            guard state.total > limit else { return nil }
            return state.entries.values.filter { $0.bytes > 0 }.min { $0.progress < $1.progress }
        }
        oldest?.close()
    }

    /// The client took them.
    package func sent(_ bytes: Int, to number: Int) {
        state.withLock { state in
            guard var entry = state.entries[number] else { return }
            entry.bytes -= bytes
            entry.progress = .now
            state.entries[number] = entry
            state.total -= bytes
        }
    }

    /// Ends those that wait too long, until cancelled.
    package func watch() async throws {
        while true {
            try await Task.sleep(for: max(min(patience / 20, .seconds(1)), .milliseconds(1)))
            end(at: .now)
        }
    }

    func end(at now: ContinuousClock.Instant) {
        let late = state.withLock { state in
            state.entries.values.filter { $0.bytes > 0 && $0.progress + patience <= now }
        }
        for entry in late { entry.close() }
    }
}
