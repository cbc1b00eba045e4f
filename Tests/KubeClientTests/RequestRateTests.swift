import Testing

@testable import KubeClient

@Suite struct RequestRateTests {
    @Test("A burst goes at once, then one request each time that the rate allows")
    func burst() {
        var bucket = TokenBucket(RequestRate(perSecond: 5, burst: 2), at: .zero)
        #expect(bucket.take(at: .zero) == .zero)
        #expect(bucket.take(at: .zero) == .zero)
        #expect(bucket.take(at: .zero) == .milliseconds(200))
        #expect(bucket.take(at: .zero) == .milliseconds(400))
    }

    @Test("A pause fills the bucket, not beyond the burst")
    func pause() {
        var bucket = TokenBucket(RequestRate(perSecond: 5, burst: 2), at: .zero)
        for _ in 0..<2 { _ = bucket.take(at: .zero) }
        #expect(bucket.take(at: .milliseconds(200)) == .zero)
        #expect((0..<3).map { _ in bucket.take(at: .seconds(60)) } == [.zero, .zero, .milliseconds(200)])
    }
}
