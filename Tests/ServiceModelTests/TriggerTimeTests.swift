import DataplaneTesting
import TestSupport
import Testing

@testable import ServiceModel

@Suite struct TriggerTimeTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2000-02-29T12:30:45Z", 951_827_445),
        ("2026-07-31T23:59:59.25Z", 1_785_542_399.25),
        ("1970-01-01T01:00:00+01:00", 0), ("1969-12-31T19:00:00-05:00", 0), ("1900-03-01T00:00:00Z", -2_203_891_200),
        ("2024-12-31T23:59:60Z", 1_735_689_600), ("0000-01-01T00:00:00Z", -62_167_219_200),
    ]) func good(text: String, seconds: Double) {
        #expect(TriggerTime.parse(text) == seconds)
    }

    @Test func nanoseconds() throws {
        let seconds = try #require(TriggerTime.parse("1970-01-01T00:00:00.123456789Z"))
        #expect(abs(seconds - 0.123456789) < 1e-12)
    }

    @Test(arguments: [
        "", "1970-01-01", "1970-01-01T00:00:00", "1970-13-01T00:00:00Z", "1970-00-01T00:00:00Z",
        "1970-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "1970-01-01T24:00:00Z", "1970-01-01T00:60:00Z",
        "1970-01-01T00:00:61Z", "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00ZZ", "1970-01-01T00:00:00+0100",
        "1970-01-01T00:00:00+25:00", "1970-01-01 00:00:00Z", "٢٠٢٦-01-01T00:00:00Z", "+970-01-01T00:00:00Z",
    ]) func bad(text: String) {
        #expect(TriggerTime.parse(text) == nil)
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
            if TriggerTime.parse(String(decoding: bytes, as: UTF8.self)) != nil { parsed += 1 }
        }
        #expect(parsed > 4000)
        #expect(parsed < 20_000)
    }
}
