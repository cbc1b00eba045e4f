import Testing

@testable import Charts

@Suite struct ChartUnitTests {
    @Test(
        "Values have the prefix that suits them",
        arguments: [
            (ChartUnit.seconds, 1e-6, "1 µs"), (.seconds, 0.01, "10 ms"), (.seconds, 1.2, "1.2 s"),
            (.seconds, 0.001, "1 ms"), (.seconds, 0.000_999_7, "1 ms"), (.seconds, 0.000_999, "999 µs"),
            (.seconds, 5e-10, "0.5 ns"), (.seconds, 0, "0 s"), (.seconds, 90, "90 s"), (.seconds, -0.02, "−20 ms"),
            (.count, 7, "7"), (.count, 1000, "1k"), (.count, 10_000, "10k"), (.count, 1_500_000, "1.5M"),
            (.bytes, 512, "512 B"), (.bytes, 3_712_345, "3.71 MB"), (.bitsPerSecond, 9.4e9, "9.4 Gbit/s"),
            (.percent, 0.25, "25 %"), (.percent, 0, "0 %"), (.factor, 1.154, "1.15×"),
            (.rate("req/s"), 12_000, "12k req/s"), (.plain, 0.0123, "0.0123"), (.plain, .nan, "–"),
            (.count, .infinity, "–"), (.plain, 1e300, "1e300"), (.plain, -1.25e-30, "−1.25e−30"),
            (.plain, .leastNonzeroMagnitude, "4.94e−324"), (.bytes, 2e30, "2e15 PB"),
            (.seconds, 3e20, "3e20 s"),
        ] as [(ChartUnit, Double, String)])
    func formatting(unit: ChartUnit, value: Double, text: String) {
        #expect(unit.format(value) == text)
    }

    @Test("Fixed decimals round and keep no sign on zero")
    func fixed() {
        #expect(ChartNumber.fixed(1.005, decimals: 1) == "1.0")
        #expect(ChartNumber.fixed(-0.01, decimals: 1) == "0.0")
        #expect(ChartNumber.fixed(-2.06, decimals: 1) == "−2.1")
        #expect(ChartNumber.fixed(3.05, decimals: 0) == "3")
        #expect(ChartNumber.fixed(0.007, decimals: 3) == "0.007")
    }

    @Test("Coordinates are ASCII numbers whatever comes in")
    func coordinates() {
        #expect(ChartNumber.coordinate(12.340) == "12.34")
        #expect(ChartNumber.coordinate(-3) == "-3")
        #expect(ChartNumber.coordinate(-0.001) == "0")
        #expect(ChartNumber.coordinate(.nan) == "0")
        #expect(ChartNumber.coordinate(1e300) == "1000000")
    }
}
