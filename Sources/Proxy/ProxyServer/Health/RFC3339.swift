/// Times in the JSON form of Go's `time.Time`.
enum RFC3339 {
    /// The time that was never set.
    static let zero = "0001-01-01T00:00:00Z"

    /// In UTC, without a fraction that is zero.
    ///
    /// - Parameter nanoseconds: since 1970, not before.
    static func format(nanoseconds: Int64) -> String {
        let time = max(0, nanoseconds)
        let second = time / 1_000_000_000 % 86_400
        var fraction = pad(time % 1_000_000_000, 9)
        while fraction.last == "0" { fraction.removeLast() }
        let (year, month, day) = date(daysSince1970: time / 86_400_000_000_000)
        return pad(year, 4) + "-" + pad(month, 2) + "-" + pad(day, 2) + "T" + clock(second)
            + (fraction.isEmpty ? "" : ".\(fraction)") + "Z"
    }

    /// As Go's `time.UnixDate` in UTC, whole seconds: `Thu Jan  1 00:00:00 UTC 1970`.
    static func unixDate(nanoseconds: Int64) -> String {
        let time = max(0, nanoseconds) / 1_000_000_000
        let days = time / 86_400
        let (year, month, day) = date(daysSince1970: days)
        let dayText = String(day)
        return weekdays[Int(days % 7)] + " " + months[Int(month - 1)] + " " + (day < 10 ? " " : "") + dayText + " "
            + clock(time % 86_400) + " UTC " + String(year)
    }

    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private static func clock(_ second: Int64) -> String {
        pad(second / 3600, 2) + ":" + pad(second / 60 % 60, 2) + ":" + pad(second % 60, 2)
    }

    private static func pad(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// The Gregorian calendar, counted in eras of 400 years that begin in March, so that leap days come last.
    private static func date(daysSince1970 days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }
}
