import Synchronization

/// How many requests a client may send: a token bucket, as client-go's `qps` and `burst`.
public struct RequestRate: Hashable, Sendable {
    /// A second.
    public var perSecond: Double
    /// The number of requests at once, after a pause.
    public var burst: Int

    public init(perSecond: Double, burst: Int) {
        self.perSecond = perSecond
        self.burst = burst
    }
}

/// Hands out turns at a rate. Pure: it gets the time as an argument.
struct TokenBucket: Sendable {
    let rate: RequestRate
    private var tokens: Double
    private var updated: Duration

    init(_ rate: RequestRate, at now: Duration) {
        self.rate = rate
        tokens = Double(max(rate.burst, 1))
        updated = now
    }

    /// Takes a turn and returns how long to wait for it.
    mutating func take(at now: Duration) -> Duration {
        let seconds = (now - updated) / .seconds(1)
        tokens = min(Double(max(rate.burst, 1)), tokens + seconds * rate.perSecond) - 1
        updated = now
        return tokens >= 0 ? .zero : .seconds(-tokens / rate.perSecond)
    }
}

/// Makes requests wait for their turn.
final class RequestLimiter: Sendable {
    private let bucket: Mutex<TokenBucket>
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant

    init(_ rate: RequestRate) {
        start = clock.now
        bucket = Mutex(TokenBucket(rate, at: .zero))
    }

    func wait() async throws {
        let now = clock.now - start
        let pause = bucket.withLock { $0.take(at: now) }
        if pause > .zero { try await clock.sleep(for: pause) }
    }
}
