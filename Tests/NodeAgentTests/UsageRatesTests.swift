import Testing

@testable import NodeAgent

@Suite struct UsageRatesTests {
    @Test("A rate takes two moments, a second or more apart, and no more than a minute")
    func rates() {
        let rates = UsageRates()
        #expect(rates.needsBase(now: .zero))
        rates.take(["a": 1_000_000_000], now: .zero)
        #expect(rates["a"] == nil)
        #expect(!rates.needsBase(now: .seconds(1)))
        rates.take(["a": 2_000_000_000, "b": 5], now: .seconds(2))
        #expect(rates["a"] == 500_000_000)
        #expect(rates["b"] == nil)
        // Too soon for another: the last one counts.
        rates.take(["a": 3_000_000_000, "b": 6], now: .milliseconds(2100))
        #expect(rates["a"] == 500_000_000)
        rates.take(["a": 4_000_000_000], now: .seconds(4))
        #expect(rates["a"] == 1_000_000_000)
        // A counter that begins anew, and a long silence, are new beginnings.
        rates.take(["a": 5], now: .seconds(6))
        #expect(rates["a"] == nil)
        #expect(rates.needsBase(now: .seconds(100)))
        rates.take(["a": 9_000_000_000], now: .seconds(100))
        #expect(rates["a"] == nil)
    }
}
