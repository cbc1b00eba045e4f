/// Durations in annotations: `30s`, `1m30s`, `500ms`.
enum AnnotationDuration {
    /// Nil: it is none, or longer than a day.
    static func parse(_ text: some StringProtocol) -> Duration? {
        var rest = text[...]
        var sum = Duration.zero
        guard !rest.isEmpty, rest.utf8.count <= 32 else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let number = UInt32(digits), let scale = units[String(unit)] else { return nil }
            sum += scale * Int(number)
            guard sum <= .seconds(86_400) else { return nil }
        }
        return sum
    }

    private static let units: [String: Duration] = [
        "ms": .milliseconds(1), "s": .seconds(1), "m": .seconds(60), "h": .seconds(3600),
    ]
}
