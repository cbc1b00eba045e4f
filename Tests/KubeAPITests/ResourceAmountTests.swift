import KubeAPI
import TestSupport
import Testing

@Suite struct ResourceAmountTests {
    @Test(
        arguments: [
            ("0", 0), ("2", 2000), ("500m", 500), ("1.5", 1500), (".5", 500), ("1.", 1000), ("-1", -1000), ("+3", 3000),
            ("1k", 1_000_000), ("1Ki", 1_024_000), ("128Mi", 134_217_728_000), ("1.5Gi", 1_610_612_736_000),
            ("1e3", 1_000_000), ("1E2", 100_000), ("100u", 1), ("1n", 1), ("1500u", 2), ("9223372036854775807", .max),
            ("100E", .max), ("1e99", .max), ("-8Ei", .min), ("1e-99", 1),
        ] as [(String, Int64)])
    func parsed(_ text: String, _ milli: Int64) {
        #expect(ResourceAmount(text)?.milli == milli)
    }

    @Test(arguments: ["", ".", "m", "1 ", " 1", "1.2.3", "1kk", "0x10", "1e", "--1", "٣", "NaN", "inf", "1Kib"])
    func refused(_ text: String) {
        #expect(ResourceAmount(text) == nil)
    }

    @Test func unitsAreRoundedUp() {
        let units = [0, 1, 999, 1000, 1001].map { ResourceAmount(milli: $0).units }
        #expect(units == [0, 1, 1, 1, 2])
    }

    @Test func sumsDoNotOverflow() {
        let most = ResourceAmount(milli: .max)
        #expect(most + ResourceAmount(milli: 1) == most)
        #expect(ResourceAmount(milli: .min) - ResourceAmount(milli: 1) == ResourceAmount(milli: .min))
    }

    @Test func anyTextIsReadOrRefused() {
        var random = SeededGenerator(seed: 3)
        let letters = Array("0123456789.-+eEmunkKMGTPi ")
        var good = 0
        for _ in 0..<20_000 {
            let text = String(
                (0..<Int.random(in: 0...8, using: &random)).map { _ in
                    letters.randomElement(using: &random) ?? "0"
                })
            if ResourceAmount(text) != nil { good += 1 }
        }
        #expect(good > 1000)
    }
}
