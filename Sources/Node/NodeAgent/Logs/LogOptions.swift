import KubeAPI

/// What of a container's log is wanted (core/v1 PodLogOptions).
struct LogOptions: Hashable, Sendable {
    var isFollowed = false
    var isPrevious = false
    var hasTimestamps = false
    /// Lines before this are left out.
    var since: Timestamp?
    /// Lines at the end; nil: all.
    var tail: Int?
    /// Bytes; nil: all.
    var limit: Int?
    /// `All`, `Stdout` or `Stderr`.
    var stream = "All"

    init() {}

    /// - Throws: a text that says what is wrong with a value.
    init(_ query: (String) -> String?, now: Timestamp) throws(HTTPFailure) {
        func flag(_ name: String) -> Bool {
            guard let value = query(name) else { return false }
            return !["false", "0"].contains(value.lowercased())
        }
        func number(_ name: String, from least: Int64) throws(HTTPFailure) -> Int64? {
            guard let text = query(name), !text.isEmpty else { return nil }
            guard let value = Int64(text), value >= least else {
                throw HTTPFailure(400, "\(name) is not a number from \(least) on: \"\(text.prefix(32))\"")
            }
            return value
        }
        isFollowed = flag("follow")
        isPrevious = flag("previous")
        hasTimestamps = flag("timestamps")
        if let seconds = try number("sinceSeconds", from: 0) {
            since = now + .seconds(-min(seconds, Int64(Int32.max)))
        } else if let text = query("sinceTime"), !text.isEmpty {
            guard let time = Timestamp(text) else {
                throw HTTPFailure(400, "sinceTime is not a time: \"\(text.prefix(64))\"")
            }
            since = time
        }
        tail = try number("tailLines", from: 0).map { Int(clamping: $0) }
        limit = try number("limitBytes", from: 1).map { Int(clamping: $0) }
        stream = query("stream").flatMap { $0.isEmpty ? nil : $0 } ?? "All"
    }
}
