/// Time and randomness, so that tests can replace both.
public struct RetryClock: Sendable {
    /// Time since some fixed moment.
    public var now: @Sendable () -> Duration
    public var sleep: @Sendable (Duration) async throws -> Void
    public var random: @Sendable (ClosedRange<Double>) -> Double

    public init(
        now: @escaping @Sendable () -> Duration, sleep: @escaping @Sendable (Duration) async throws -> Void,
        random: @escaping @Sendable (ClosedRange<Double>) -> Double
    ) {
        self.now = now
        self.sleep = sleep
        self.random = random
    }

    public static let system = RetryClock(ContinuousClock())

    public init<C: Clock<Duration>>(_ clock: C) {
        let start = clock.now
        self.init(
            now: { start.duration(to: clock.now) },
            sleep: { try await clock.sleep(for: $0) },
            random: { Double.random(in: $0) })
    }
}
