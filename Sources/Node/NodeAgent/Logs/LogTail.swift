import LinuxSystem

/// The end of a container's log.
enum LogTail {
    /// Bytes of the file that are looked at.
    private static let window = 256 << 10

    static func text(_ path: String, lines: Int, bytes: Int) -> String {
        guard let raw = try? FileTree.readEnd(path, limit: window) else { return "" }
        let parsed = raw.split(separator: UInt8(ascii: "\n")).suffix(lines).compactMap { LogLine($0) }
        var text: [UInt8] = []
        for line in parsed {
            text += line.content
            if !line.isPartial { text.append(UInt8(ascii: "\n")) }
        }
        return String(decoding: text.suffix(bytes), as: UTF8.self)
    }
}
