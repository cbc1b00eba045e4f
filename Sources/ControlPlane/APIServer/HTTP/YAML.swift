import JSONStream
import Yams

/// YAML bodies, as JSON values, with the plain scalars of YAML 1.1 that upstream knows.
struct YAML {
    struct Problem: Error, CustomStringConvertible { var description: String }

    private static let maximumDepth = 256
    /// Values that a document may unfold to; beyond it, aliases are taken for an attack.
    private static let maximumValues = 500_000

    private var values = 0

    static func decode(_ bytes: [UInt8]) throws -> JSONValue {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Problem(description: "not UTF-8") }
        guard let node = try Yams.compose(yaml: text) else { throw Problem(description: "the document is empty") }
        var yaml = YAML()
        return try yaml.value(of: node, depth: 0)
    }

    private mutating func value(of node: Node, depth: Int) throws -> JSONValue {
        values += 1
        guard values <= Self.maximumValues else { throw Problem(description: "document contains excessive aliasing") }
        guard depth < Self.maximumDepth else { throw Problem(description: "nested too deep") }
        switch node {
        case .scalar(let scalar):
            return Self.scalar(scalar)
        case .sequence(let items):
            var elements: [JSONValue] = []
            for item in items { elements.append(try value(of: item, depth: depth + 1)) }
            return .array(elements)
        case .mapping(let members):
            var object: JSONValue.Object = [:]
            for (key, member) in members {
                guard case .scalar(let name) = key else { throw Problem(description: "a key is no text") }
                object[name.string] = try value(of: member, depth: depth + 1)
            }
            return .object(object)
        case .alias:
            throw Problem(description: "unknown anchor")
        }
    }

    private static func scalar(_ scalar: Node.Scalar) -> JSONValue {
        guard scalar.style == .plain || scalar.style == .any else { return .string(scalar.string) }
        let text = scalar.string
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON": return .bool(true)
        case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF": return .bool(false)
        // Timestamps stay texts.
        default: return number(text) ?? .string(text)
        }
    }

    private static func number(_ text: String) -> JSONValue? {
        guard let first = text.utf8.first, isDigit(first) || "+-.".utf8.contains(first) else { return nil }
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
