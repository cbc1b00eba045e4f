/// A line of a container's log as runtimes write it (CRI): time, stream, `P` for a part of a line or `F` for its end, text.
struct LogLine: Hashable, Sendable {
    /// As it is written: RFC 3339 with nanoseconds.
    var time: String
    var isError: Bool
    /// Whether the line goes on in the next entry.
    var isPartial: Bool
    var content: [UInt8]

    /// - Parameter bytes: without the end of the line.
    init?(_ bytes: some Collection<UInt8>) {
        let space = UInt8(ascii: " ")
        let parts = bytes.split(separator: space, maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        switch String(decoding: parts[1], as: UTF8.self) {
        case "stdout": isError = false
        case "stderr": isError = true
        default: return nil
        }
        time = String(decoding: parts[0], as: UTF8.self)
        // Tags may follow the first, after colons.
        isPartial = parts[2].first == UInt8(ascii: "P")
        content = Array(parts[3])
    }
}
