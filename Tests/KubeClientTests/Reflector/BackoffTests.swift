import Testing

@testable import KubeClient

struct BackoffTests {
    @Test func pausesDoubleFromAFifthOfASecondToHalfAMinute() {
        #expect(Backoff.range(attempt: 1) == .milliseconds(200)...(.milliseconds(400)))
        #expect(Backoff.range(attempt: 2) == .milliseconds(400)...(.milliseconds(800)))
        for attempt in [8, 9, 100, .max] {
            #expect(Backoff.range(attempt: attempt) == .seconds(15)...(.seconds(30)))
        }
        #expect(Backoff.range(attempt: .min) == Backoff.range(attempt: 1))
    }

    @Test func theServersWishCountsUpToTheMaximum() {
        #expect(Backoff.range(attempt: 1, retryAfter: .milliseconds(300)) == .milliseconds(300)...(.milliseconds(400)))
        #expect(Backoff.range(attempt: 1, retryAfter: .milliseconds(1)) == Backoff.range(attempt: 1))
        #expect(Backoff.range(attempt: 1, retryAfter: .seconds(3600)) == .seconds(30)...(.seconds(30)))
    }
}
