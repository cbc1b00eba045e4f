import JSONStream
import TestSupport

/// Random documents, written with random white space and escapes.
enum RandomJSON {
    static func value(depth: Int, using random: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0...(depth > 0 ? 8 : 5), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .integer(Int64.random(in: -1_000_000...1_000_000, using: &random))
        case 3...5: return .string(string(using: &random))
        case 6:
            return .array(
                (0..<Int.random(in: 0...4, using: &random)).map { _ in value(depth: depth - 1, using: &random) })
        default:
            var object: JSONValue = [:]
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                object[string(using: &random)] = value(depth: depth - 1, using: &random)
            }
            return object
        }
    }

    private static func string(using random: inout SeededGenerator) -> String {
        let parts = [
            "a", "\"", "\\", "items", "{", "}", "[", "]", ",", ":", "é", "€", "😀", "\n", "\u{1}", " ", "12345678",
        ]
        return (0..<Int.random(in: 0...6, using: &random)).map { _ in parts.randomElement(using: &random) ?? "" }
            .joined()
    }

    static func space(using random: inout SeededGenerator) -> String {
        ["", "", " ", "\n", "\t\r\n  "].randomElement(using: &random) ?? ""
    }

    static func text(_ value: JSONValue, using random: inout SeededGenerator) -> String {
        let space = space(using: &random)
        switch value {
        case .array(let elements):
            return "[\(space)" + elements.map { text($0, using: &random) }.joined(separator: "\(space),") + "\(space)]"
        case .object(let members):
            let texts = members.map {
                "\(text(.string($0.key), using: &random))\(space):\(text($0.value, using: &random))"
            }
            return "{\(space)" + texts.joined(separator: ",\(space)") + "}"
        default:
            return String(decoding: value.serialized(), as: UTF8.self)
        }
    }

    static func borders(_ count: Int, using random: inout SeededGenerator) -> [Int] {
        guard count > 0 else { return [] }
        if Int.random(in: 0...9, using: &random) == 0 { return Array(0..<count) }
        return (0..<Int.random(in: 0...5, using: &random)).map { _ in Int.random(in: 0...count, using: &random) }
            .sorted()
    }
}
