import JSONStream

/// A meta/v1 Status, as far as errors need it. Read leniently: any body may come with an error.
struct APIStatus: Hashable, Sendable {
    var code = 0
    var reason = ""
    var message = ""

    init() {}

    init(reading reader: inout JSONReader) throws {
        try reader.object { key, reader in
            switch key {
            case "code": code = try reader.integerIfPresent() ?? 0
            case "reason": reason = try reader.stringIfPresent() ?? ""
            case "message": message = try reader.stringIfPresent() ?? ""
            default: try reader.skip()
            }
        }
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
