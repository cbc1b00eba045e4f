/// Numbers, times and texts at the ends of what their types hold, as users may write them.
public enum Extremes {
    private static let numbers32: [Int32] = [
        -2_147_483_648, -2_147_483_647, -1, 0, 1, 2, 100, 1_073_741_823, 1_073_741_824, 2_147_483_646, 2_147_483_647,
    ]
    private static let numbers64: [Int64] = [Int64.min, -1, 0, 1, 2_147_483_648, 4_611_686_018_427_387_904, Int64.max]

    public static func int32(_ random: inout SeededGenerator) -> Int32 {
        numbers32.randomElement(using: &random) ?? 0
    }

    public static func int64(_ random: inout SeededGenerator) -> Int64 {
        numbers64.randomElement(using: &random) ?? 0
    }

    /// Of 32 bits and not negative, as API servers take it for most fields.
    public static func count(_ random: inout SeededGenerator) -> Int32 { max(0, int32(&random)) }

    public static func time(_ random: inout SeededGenerator) -> String {
        [
            "0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2026-01-01T00:00:00Z",
            "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59-23:59", "0000-01-01T00:00:00+23:59", "", "never",
        ].randomElement(using: &random) ?? ""
    }

    public static func quantity(_ random: inout SeededGenerator) -> String {
        [
            "0", "1m", "1n", "100m", "1", "9223372036854775807", "9223372036854775807m", "8Ei", "16Ei", "1e30",
            "9223372036854775807Ei", "-1", "-9223372036854775808", "-8Ei", "99999999999999999999999999999999",
        ].randomElement(using: &random) ?? "0"
    }

    public static func share(_ random: inout SeededGenerator) -> String {
        let number = int32(&random)
        return Bool.random(using: &random) ? "\(number)" : "\"\(number)%\""
    }
}
