import TestSupport
import Testing

@testable import ProxyConfiguration

@Suite struct GoDurationTests {
    @Test(arguments: [
        ("0", Duration.zero), ("0s", .zero), ("+0", .zero), ("1m30s", .seconds(90)), ("100ms", .milliseconds(100)),
        ("1.5s", .milliseconds(1500)), (".5s", .milliseconds(500)), ("1.s", .seconds(1)), ("-3s", .seconds(-3)),
        ("24h0m0s", .seconds(86_400)), ("2h22m", .seconds(8520)), ("15us", .microseconds(15)),
        ("15µs", .microseconds(15)), ("7ns", .nanoseconds(7)), ("0.1s", .milliseconds(100)),
        ("1s1s", .seconds(2)), ("1.0000000009s", .seconds(1)),
    ])
    func parses(text: String, expected: Duration) {
        #expect(GoDuration.parse(text) == expected)
    }

    @Test(arguments: [
        "", "-", "+", "1", "1.5", "s", ".s", "1x", "1 s", " 1s", "1s ", "1d", "--1s", "1e3s", "0x1s", "١s",
        "9999999999999999999s", "300000000h", "9223372036s1s1000000000s", "1..5s", "1m30",
    ])
    func refuses(text: String) {
        #expect(GoDuration.parse(text) == nil)
    }

    @Test(arguments: [
        (Duration.zero, "0s"), (.seconds(30), "30s"), (.seconds(900), "15m0s"), (.seconds(86_400), "24h0m0s"),
        (.milliseconds(100), "100ms"), (.milliseconds(1500), "1.5s"), (.seconds(90), "1m30s"),
        (.microseconds(15), "15µs"), (.nanoseconds(1500), "1.5µs"), (.nanoseconds(7), "7ns"),
        (.seconds(-90), "-1m30s"), (.nanoseconds(61_000_000_001), "1m1.000000001s"), (.seconds(3600), "1h0m0s"),
    ])
    func formats(duration: Duration, expected: String) {
        #expect(GoDuration.format(duration) == expected)
    }

    @Test func formattedTextParsesBack() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<2_000 {
            let shift = Int.random(in: 0..<62, using: &random)
            let duration = Duration.nanoseconds(
                Int64.random(in: Int64.min / 2...Int64.max / 2, using: &random) >> shift)
            #expect(GoDuration.parse(GoDuration.format(duration)) == duration)
        }
    }

    @Test func anyTextIsParsedOrRefused() {
        var random = SeededGenerator(seed: 8)
        let alphabet = Array("0123456789.+-nsuµmh xe")
        for _ in 0..<5_000 {
            let text = String(
                (0..<Int.random(in: 0...12, using: &random)).compactMap { _ in
                    alphabet.randomElement(using: &random)
                })
            if let duration = GoDuration.parse(text) {
                #expect(GoDuration.parse(GoDuration.format(duration)) == duration)
            }
        }
    }
}
