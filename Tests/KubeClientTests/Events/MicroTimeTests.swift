import Testing

@testable import KubeClient

struct MicroTimeTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"), (1, "1970-01-01T00:00:00.000001Z"),
            (951_782_399_999_999, "2000-02-28T23:59:59.999999Z"), (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
            (1_772_323_199_000_000, "2026-02-28T23:59:59.000000Z"),
            (1_772_323_200_000_000, "2026-03-01T00:00:00.000000Z"),
            (4_107_542_400_000_000, "2100-03-01T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.999999Z"),
        ] as [(Int64, String)])
    func text(_ microseconds: Int64, _ expected: String) {
        #expect(MicroTime(microseconds: microseconds).text == expected)
    }
}
