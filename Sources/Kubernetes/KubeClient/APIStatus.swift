import JSONStream

/// The parts of a meta/v1 Status that errors need. Read leniently: an error may have any body.
struct APIStatus: Hashable, Sendable {
    /// Bytes.
    private static let maximumText = 4096

    var code = 0
    var reason = ""
    var message = ""

    init() {}

    init(reading reader: inout JSONReader) throws {
        try reader.object { key, reader in
            switch key {
            case "code": code = try reader.integerIfPresent() ?? 0
            case "reason": reason = Self.bounded(try reader.stringIfPresent() ?? "")
            case "message": message = Self.bounded(try reader.stringIfPresent() ?? "")
            default: try reader.skip()
            }
        }
    }

    /// Messages go to logs and Events; upstream's longest, of an invalid object, say more than anybody reads.
    private static func bounded(_ text: String) -> String {
        text.utf8.count <= maximumText ? text : String(decoding: text.utf8.prefix(maximumText), as: UTF8.self) + "..."
    }

    /// The body of an error: a Status, or the start of whatever text it is.
    init(errorBody body: [UInt8]) {
        if let status = try? JSONReader.read(body, { try APIStatus(reading: &$0) }) {
            self = status
        } else {
            let text = String(decoding: body.prefix(300), as: UTF8.self)
            message = String(text.split(whereSeparator: \.isWhitespace).joined(separator: " "))
        }
    }
}
