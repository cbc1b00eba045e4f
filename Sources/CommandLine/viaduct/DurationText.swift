import ArgumentParser
import ProxyConfiguration
import ProxyServer

/// Durations of flags, as Go writes them: `1m`, `1h30m`.
enum DurationText {
    static func parse(_ text: String, flag: String) throws -> Duration {
        guard let duration = GoDuration.parse(text), duration > .zero else {
            throw ValidationError("\(flag): \"\(text)\" is not a duration above zero, such as 90s, 1m or 24h")
        }
        return duration
    }
}
