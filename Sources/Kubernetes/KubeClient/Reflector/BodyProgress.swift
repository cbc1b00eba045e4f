import Synchronization

/// Distinguishes a stalled body from an idle one.
///
/// The reader of the body says when bytes are due; ``watch(silence:total:)`` runs beside it and returns when they do
/// not arrive. No time counts while none are due, or while the reader processes bytes.
final class BodyProgress: Sendable {
    private struct State {
        /// When that began whose next bytes are due; nil: none are.
        var start: ContinuousClock.Instant?
        var chunks = 0
    }

    private let state = Mutex(State())
    private let dues: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    init() {
        (dues, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// More bytes are due from now on.
    /// - Parameter start: When the first byte of what they complete came.
    func due(since start: ContinuousClock.Instant) {
        state.withLock { state in
            state.chunks &+= 1
            state.start = start
        }
        wake.yield()
    }

    /// Bytes arrived, or none are due any longer.
    func arrived() { state.withLock { $0.start = nil } }

    /// Returns when no bytes came for `silence`, or not all of a whole within `total`, though they were due.
    /// - Throws: `CancellationError`
    func watch(silence: Duration, total: Duration) async throws {
        for await _ in dues {
            let before = state.withLock { $0 }
            guard before.start != nil else { continue }
            try await Task.sleep(for: silence)
            let now = state.withLock { $0 }
            guard let start = now.start else { continue }
            if now.chunks == before.chunks || .now - start > total { return }
        }
        try Task.checkCancellation()
    }
}

/// Bytes that were due did not arrive.
struct BodyStalled: Error, CustomStringConvertible {
    var description: String { "it began and did not go on" }

    /// Reads a body, and stops if it stalls.
    static func watching<Result: Sendable>(
        _ progress: BodyProgress, silence: Duration, total: Duration,
        _ read: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await read() }
            group.addTask {
                try await progress.watch(silence: silence, total: total)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let result = first else { throw BodyStalled() }
            return result
        }
    }
}
