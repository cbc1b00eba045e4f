package import JSONStream

/// How objects lie in the store: JSON that begins with kind, apiVersion and an empty `metadata.resourceVersion`, into
/// which the revision is put without decoding. (The store gives revisions, so a value cannot hold its own.)
package struct StoredForm: Sendable {
    private static let tail = Array(#"","metadata":{"resourceVersion":""#.utf8)

    private let head: [UInt8]
    /// What comes before the version, for kinds whose objects may lie in the forms of several; nil for others.
    private let start: [UInt8]?

    /// - Parameter isCustom: whether objects may have been stored in another version of the group.
    init(kind: String, apiVersion: String, isCustom: Bool = false) {
        let start = Array(#"{"kind":"\#(kind)","apiVersion":""#.utf8)
        head = start + Array(apiVersion.utf8) + Self.tail
        self.start = isCustom ? start + Array(apiVersion.utf8.prefix { $0 != UInt8(ascii: "/") }) : nil
    }

    package func encode(_ object: JSONValue) -> [UInt8] {
        var writer = JSONWriter(minimumCapacity: 4096)
        writer.append(head)
        writer.append(UInt8(ascii: "\""))
        Self.write(object["metadata"]?.objectValue ?? [:], without: ["resourceVersion"], &writer)
        writer.append(UInt8(ascii: "}"))
        Self.write(object.objectValue ?? [:], without: ["kind", "apiVersion", "metadata"], &writer)
        writer.append(UInt8(ascii: "}"))
        return writer.bytes
    }

    private static func write(_ members: JSONValue.Object, without left: [String], _ writer: inout JSONWriter) {
        for (name, value) in members where !left.contains(name) {
            writer.append(UInt8(ascii: ","))
            writer.write(name)
            writer.append(UInt8(ascii: ":"))
            writer.write(value)
        }
    }

    /// The bytes for clients: those of the store with the revision put in.
    package func wire(_ stored: [UInt8], revision: Int64) -> [UInt8]? {
        guard let length = headLength(stored) else { return nil }
        let digits = String(revision).utf8
        var bytes: [UInt8] = []
        bytes.reserveCapacity(stored.count + digits.count)
        bytes.append(contentsOf: head)
        bytes.append(contentsOf: digits)
        bytes.append(contentsOf: stored[length...])
        return bytes
    }

    private func headLength(_ stored: [UInt8]) -> Int? {
        if stored.starts(with: head) { return head.count }
        guard let start, stored.starts(with: start),
            let end = stored[start.count...].firstIndex(of: UInt8(ascii: "\"")),
            stored[end...].starts(with: Self.tail)
        else { return nil }
        return end + Self.tail.count
    }

    /// The bytes of an object whose version is another now (the last state of a deleted one).
    package func rewrite(_ wire: [UInt8], revision: Int64) -> [UInt8] {
        guard wire.starts(with: head), let end = wire[head.count...].firstIndex(of: UInt8(ascii: "\"")) else {
            return wire
        }
        return head + Array(String(revision).utf8) + wire[end...]
    }
}
