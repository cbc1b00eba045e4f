import JSONStream

/// The plain scalars of YAML 1.1 as Go's library reads them.
enum YAMLScalar {
    static func plain(_ text: String) -> JSONValue {
        switch text {
        case "", "~", "null", "Null", "NULL": .null
        case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON": .bool(true)
        case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF": .bool(false)
        // Timestamps stay texts.
        default: number(text) ?? .string(text)
        }
    }

    /// What a scalar is as the name of a member; nil for null, which is none.
    static func key(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text): text
        case .integer(let number): String(number)
        case .double(let number): number.description
        case .bool(let flag): flag ? "true" : "false"
        case .null, .array, .object: nil
        }
    }

    private static func number(_ text: String) -> JSONValue? {
        // Longer texts are no numbers that anything could hold, and need no look.
        guard text.utf8.count <= 400, let first = text.utf8.first, isDigit(first) || "+-.".utf8.contains(first) else {
            return nil
        }
        let plain = text.filter { $0 != "_" }
        let unsigned = plain.drop { $0 == "-" || $0 == "+" }
        let sign = plain.hasPrefix("-") ? "-" : ""
        guard plain.utf8.count - unsigned.utf8.count <= 1 else { return nil }
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where unsigned.hasPrefix(prefix) {
            return Int64(sign + unsigned.dropFirst(2), radix: radix).map { .integer($0) }
        }
        if unsigned.utf8.count > 1, unsigned.utf8.first == UInt8(ascii: "0"),
            unsigned.utf8.allSatisfy({ (0x30...0x37).contains($0) })
        {
            return Int64(sign + unsigned, radix: 8).map { .integer($0) }
        }
        guard unsigned.utf8.allSatisfy({ isDigit($0) || ".eE+-".utf8.contains($0) }),
            unsigned.utf8.contains(where: isDigit)
        else { return nil }
        if let whole = Int64(sign + unsigned) { return .integer(whole) }
        guard let value = Double(sign + unsigned), value.isFinite else { return nil }
        return Int64(exactly: value).map { .integer($0) } ?? .double(value)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
