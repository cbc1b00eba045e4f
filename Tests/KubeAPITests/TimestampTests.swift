import KubeAPI
import TestSupport
import Testing

@Suite struct TimestampTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2000-02-29T12:30:45Z", 951_827_445_000_000),
            ("2026-07-31T23:59:59.25Z", 1_785_542_399_250_000), ("1970-01-01T00:00:00.123456789Z", 123_456),
            ("1970-01-01T01:00:00+01:00", 0), ("1969-12-31T19:00:00-05:00", 0),
            ("1900-03-01T00:00:00Z", -2_203_891_200_000_000), ("0000-01-01T00:00:00Z", -62_167_219_200_000_000),
        ] as [(String, Int64)])
    func parsed(_ text: String, _ microseconds: Int64) {
        #expect(Timestamp(text)?.microseconds == microseconds)
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"), (1, "1970-01-01T00:00:00.000001Z"),
            (951_782_399_999_999, "2000-02-28T23:59:59.999999Z"), (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
            (1_772_323_199_000_000, "2026-02-28T23:59:59.000000Z"),
            (1_772_323_200_000_000, "2026-03-01T00:00:00.000000Z"),
            (4_107_542_400_000_000, "2100-03-01T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.999999Z"),
        ] as [(Int64, String)])
    func written(_ microseconds: Int64, _ expected: String) {
        #expect(Timestamp(microseconds: microseconds).text(microseconds: true) == expected)
        #expect(Timestamp(expected)?.microseconds == microseconds)
    }

    @Test(arguments: [
        "", "1970-01-01", "1970-01-01T00:00:00", "1970-13-01T00:00:00Z", "1970-00-01T00:00:00Z",
        "1970-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "1970-01-01T24:00:00Z", "1970-01-01T00:60:00Z",
        "1970-01-01T00:00:60Z", "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00ZZ", "1970-01-01T00:00:00+0100",
        "1970-01-01T00:00:00+25:00", "1970-01-01 00:00:00Z", "٢٠٢٦-01-01T00:00:00Z", "+970-01-01T00:00:00Z",
    ]) func refused(_ text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func durationsAreAddedAndMeasured() throws {
        let time = try #require(Timestamp("2026-02-28T23:59:30Z"))
        #expect((time + .seconds(40)).text() == "2026-03-01T00:00:10Z")
        #expect((time + .milliseconds(-500)) - time == .milliseconds(-500))
    }

    @Test func mutatedTextsDoNotCrash() {
        var random = SeededGenerator(seed: 7)
        var parsed = 0
        for _ in 0..<20_000 {
            var bytes = Array("2026-07-31T23:59:59.123456789+02:00".utf8)
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: index)
                default: bytes.insert(UInt8.random(in: 0x2B...0x3A, using: &random), at: index)
                }
            }
            if Timestamp(String(decoding: bytes, as: UTF8.self)) != nil { parsed += 1 }
        }
        #expect(parsed > 4000)
        #expect(parsed < 20_000)
    }
}
