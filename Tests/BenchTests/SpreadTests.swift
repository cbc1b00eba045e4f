import Testing

@testable import Bench

@Suite struct SpreadTests {
    @Test func quantiles() {
        let values = [1.0, 2, 3, 4, 5]
        #expect(Quantile.of(values, 0) == 1)
        #expect(Quantile.of(values, 0.5) == 3)
        #expect(Quantile.of(values, 0.9) == 4.6)
        #expect(Quantile.of(values, 1) == 5)
        #expect(Quantile.of([7], 0.99) == 7)
    }

    @Test func spreadKeepsAllRounds() throws {
        let spread = try #require(Spread([5, 1, 100, 3]))
        #expect(spread.median == 4 && spread.low == 1 && spread.high == 100 && spread.rounds == [5, 1, 100, 3])
        #expect(Spread([]) == nil)
    }
}
