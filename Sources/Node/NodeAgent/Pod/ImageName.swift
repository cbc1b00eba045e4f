/// The name of an image: `registry/path:tag@digest`.
struct ImageName: Hashable, Sendable {
    /// With registry and path.
    var repository: String
    /// Empty if there is none.
    var tag: String
    var digest: String

    /// Nil where no runtime would take it.
    init?(_ text: String) {
        guard !text.isEmpty, text.utf8.count <= 1024, !text.contains(where: \.isWhitespace) else { return nil }
        let halves = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        digest = halves.count == 2 ? String(halves[1]) : ""
        if halves.count == 2, !digest.contains(":") { return nil }
        let name = halves[0]
        let lastPart = name.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        if let colon = lastPart.firstIndex(of: ":") {
            tag = String(name[name.index(after: colon)...])
            repository = String(name[..<colon])
            guard Self.isTag(tag) else { return nil }
        } else {
            tag = ""
            repository = String(name)
        }
        let parts = repository.split(separator: "/", omittingEmptySubsequences: false)
        guard !parts.isEmpty, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        // The first part may be a host with a port.
        for (index, part) in parts.enumerated() where index > 0 || parts.count == 1 {
            guard Self.isPathPart(part) else { return nil }
        }
    }

    var isLatest: Bool { digest.isEmpty && (tag.isEmpty || tag == "latest") }

    private static func isTag(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 128 else { return false }
        return isWord(first) && text.utf8.allSatisfy { isWord($0) || ".-".utf8.contains($0) }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func isPathPart(_ text: Substring) -> Bool {
        func isPlain(_ byte: UInt8?) -> Bool {
            guard let byte else { return false }
            return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        return isPlain(text.utf8.first) && isPlain(text.utf8.last)
            && text.utf8.allSatisfy { isPlain($0) || "._-".utf8.contains($0) }
    }
}
