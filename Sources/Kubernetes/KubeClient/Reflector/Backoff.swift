/// Exponential waiting times: 0.2 s at first, 30 s at most.
enum Backoff {
    static let minimum: Duration = .milliseconds(200)
    static let maximum: Duration = .seconds(30)
    /// Where no server says that it has too much to do: the wait must not outlast the fault by much.
    static let shortMaximum: Duration = .seconds(10)

    /// The range to choose from before try `attempt` (1 is the first one after a failure).
    static func range(attempt: Int, maximum: Duration = maximum) -> ClosedRange<Duration> {
        let doublings = min(max(attempt, 1), 16)
        let upper = min(maximum, minimum * (1 << doublings))
        return upper / 2...upper
    }

    /// What the server asks for is obeyed within reason.
    static func range(attempt: Int, retryAfter: Duration?) -> ClosedRange<Duration> {
        let range = range(attempt: attempt)
        guard let retryAfter, retryAfter > range.lowerBound else { return range }
        let lower = min(retryAfter, maximum)
        return lower...max(lower, range.upperBound)
    }
}
