import Testing

@testable import EtcdStore

@Suite struct LeasePoolTests {
    private let now = ContinuousClock.now

    @Test("A lease is used again while it lasts long enough, and not for ever more values")
    func reuse() {
        var pool = LeasePool()
        #expect(pool.take(3600, now: now) == nil)
        pool.keep(7, for: 3600, ends: now + .seconds(3660), now: now)
        #expect(pool.take(3600, now: now) == 7)
        #expect(pool.take(3600, now: now + .seconds(60)) == 7)
        #expect(pool.take(3600, now: now + .seconds(61)) == nil)
        #expect(pool.take(60, now: now) == nil)
        for _ in 3..<LeasePool.mostUses { #expect(pool.take(3600, now: now) == 7) }
        #expect(pool.take(3600, now: now) == nil)
    }

    @Test("Many lifetimes do not make it grow")
    func bounded() {
        var pool = LeasePool()
        for lifetime in 1...10_000 {
            pool.keep(Int64(lifetime), for: Int64(lifetime), ends: now + .seconds(20_000), now: now)
        }
        #expect((1...10_000).count { pool.take(Int64($0), now: now) != nil } <= 64)
    }

    @Test(arguments: [(1, 1), (100, 105), (3600, 3660), (Int64.max, Int64.max)])
    func duration(_ lifetime: Int64, _ seconds: Int64) {
        #expect(LeasePool.duration(lifetime) == seconds)
    }
}
