#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A point in time as the API writes it: RFC 3339 in UTC.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Since 1970-01-01T00:00:00Z.
    public var microseconds: Int64

    public init(microseconds: Int64) { self.microseconds = microseconds }

    public static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }

    public static func + (time: Timestamp, duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = duration.components
        return Timestamp(
            microseconds: time.microseconds +| seconds *| 1_000_000 +| attoseconds / 1_000_000_000_000)
    }

    public static func - (time: Timestamp, earlier: Timestamp) -> Duration {
        .microseconds(time.microseconds -| earlier.microseconds)
    }

    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }

    /// Whole seconds since 1970, rounded down.
    public var seconds: Int64 { microseconds / 1_000_000 - (microseconds % 1_000_000 < 0 ? 1 : 0) }

    /// `2026-01-31T23:59:59Z`, or with six digits of the second's fraction (meta/v1 MicroTime).
    public func text(microseconds withFraction: Bool = false) -> String {
        let seconds = self.seconds
        let fraction = (microseconds % 1_000_000 + 1_000_000) % 1_000_000
        let days = (seconds - (seconds % 86_400 + 86_400) % 86_400) / 86_400
        let (year, month, day) = Self.date(days)
        let inDay = seconds - days * 86_400
        let time = "\(two(inDay / 3600)):\(two(inDay / 60 % 60)):\(two(inDay % 60))"
        let date = "\(padded(year, 4))-\(two(month))-\(two(day))"
        return withFraction ? "\(date)T\(time).\(padded(fraction, 6))Z" : "\(date)T\(time)Z"
    }

    /// Reads RFC 3339 with any offset and any number of fractional digits (those beyond six are cut off).
    public init?(_ text: String) {
        var bytes = Array(text.utf8)[...]
        func number(_ digits: Int) -> Int64? {
            guard bytes.count >= digits else { return nil }
            var value: Int64 = 0
            for byte in bytes.prefix(digits) {
                guard (0x30...0x39).contains(byte) else { return nil }
                value = value * 10 + Int64(byte - 0x30)
            }
            bytes = bytes.dropFirst(digits)
            return value
        }
        func skip(_ wanted: String) -> Bool {
            guard let byte = bytes.first, wanted.utf8.contains(byte) else { return false }
            bytes = bytes.dropFirst()
            return true
        }
        guard let year = number(4), skip("-"), let month = number(2), (1...12).contains(month), skip("-"),
            let day = number(2), day >= 1, day <= Self.daysInMonth(year, month), skip("Tt"),
            let hour = number(2), hour < 24, skip(":"), let minute = number(2), minute < 60, skip(":"),
            let second = number(2), second < 60
        else { return nil }
        var fraction: Int64 = 0
        if skip(".") {
            var scale: Int64 = 100_000
            guard let first = bytes.first, (0x30...0x39).contains(first) else { return nil }
            while let digit = number(1) {
                fraction += digit * scale
                scale /= 10
            }
        }
        var offset: Int64 = 0
        if !skip("Zz") {
            let sign: Int64 = bytes.first == UInt8(ascii: "-") ? -1 : 1
            guard skip("+-"), let hours = number(2), hours < 24, skip(":"), let minutes = number(2), minutes < 60 else {
                return nil
            }
            offset = sign * (hours * 3600 + minutes * 60)
        }
        guard bytes.isEmpty else { return nil }
        let seconds = Self.days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset
        microseconds = seconds * 1_000_000 + fraction
    }

    private static func daysInMonth(_ year: Int64, _ month: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01 of a date in the proleptic Gregorian calendar; years begin in March here, so that the leap
    /// day is the last.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func date(_ days: Int64) -> (Int64, Int64, Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private func two(_ value: Int64) -> String { padded(value, 2) }

    private func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
