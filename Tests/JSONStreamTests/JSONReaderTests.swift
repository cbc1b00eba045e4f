import JSONStream
import TestSupport
import Testing

private func read<Value>(_ text: String, _ body: (inout JSONReader) throws -> Value) throws -> Value {
    try JSONReader.read(Array(text.utf8), body)
}

private func error(_ bytes: some Collection<UInt8>) -> JSONError? {
    do {
        try JSONReader.read(bytes) { try $0.skip() }
        return nil
    } catch let error as JSONError {
        return error
    } catch {
        return nil
    }
}

@Suite struct JSONReaderTests {
    @Test func scalars() throws {
        #expect(try read(" true ") { try $0.bool() })
        #expect(try read("-12") { try $0.integer(Int8.self) } == -12)
        #expect(try read("18446744073709551615") { try $0.integer(UInt64.self) } == .max)
        #expect(try read(#""a\n\"\\\/\b\f\r\t\u00e9\ud83d\ude00""#) { try $0.string() } == "a\n\"\\/\u{8}\u{C}\r\té😀")
        #expect(try read(#""\ud83d x""#) { try $0.string() } == "\u{FFFD} x", "a lone surrogate, as in Go")
        #expect(try read(#""\ud83d\u0041""#) { try $0.string() } == "\u{FFFD}A")
        #expect(try read("null") { try $0.stringIfPresent() } == nil)
        #expect(try read("1.5e3") { try $0.numberText() } == "1.5e3")
    }

    @Test func keysWithEscapes() throws {
        var seen: [String] = []
        try read(#"{"pl\u0061in": 1, "other": {"x": [1, {}]}}"#) { reader in
            try reader.object { key, reader in
                switch key {
                case "plain": seen.append("plain \(try reader.integer(Int.self))")
                default:
                    seen.append(key.string)
                    try reader.skip()
                }
            }
        }
        #expect(seen == ["plain 1", "other"])
    }

    @Test func raw() throws {
        let bytes = try read(#" {"a" : [1, 2 ]} "#) { try $0.raw() }
        #expect(String(decoding: bytes, as: UTF8.self) == #"{"a" : [1, 2 ]}"#)
    }

    @Test(arguments: [
        ("", JSONError.Reason.unexpectedEnd), ("{", .unexpectedEnd), ("[1,", .unexpectedEnd), ("\"abc", .unexpectedEnd),
        ("tru", .unexpectedEnd), ("\"\\", .unexpectedEnd), ("\"\\u12", .unexpectedEnd),
        ("{}x", .trailingBytes), ("1 2", .trailingBytes), ("01", .invalidNumber), ("-", .invalidNumber),
        ("1.", .invalidNumber), ("1e", .invalidNumber), (".5", .unexpectedByte(0x2E)), ("+1", .unexpectedByte(0x2B)),
        ("{1:2}", .unexpectedByte(0x31)), ("[1 2]", .unexpectedByte(0x32)), ("[1,]", .unexpectedByte(0x5D)),
        ("{\"a\" 1}", .unexpectedByte(0x31)), ("\"\\x\"", .invalidEscape), ("\"\\u12g4\"", .invalidEscape),
        ("\"a\u{1}\"", .unexpectedByte(1)), ("nul!", .unexpectedByte(0x21)), ("True", .unexpectedByte(0x54)),
    ]) func malformed(text: String, reason: JSONError.Reason) {
        #expect(error(Array(text.utf8))?.reason == reason)
    }

    @Test func badUTF8() {
        #expect(throws: JSONError.self) {
            try JSONReader.read([0x22, 0xFF, 0x22] as [UInt8]) { try $0.string() }
        }
        #expect(throws: JSONError.self) {
            try JSONReader.read([0x22, 0x5C, 0x6E, 0xC3, 0x22] as [UInt8]) { try $0.string() }
        }
    }

    @Test func depth() {
        let deepest = JSONReader.maximumDepth
        func nested(_ count: Int) -> [UInt8] {
            Array(repeating: UInt8(ascii: "["), count: count) + Array(repeating: UInt8(ascii: "]"), count: count)
        }
        #expect(error(nested(deepest)) == nil)
        #expect(error(nested(deepest + 1))?.reason == .tooDeep)
        #expect(error(Array(repeating: UInt8(ascii: "["), count: 1_000_000))?.reason == .tooDeep)
    }

    @Test func integerErrors() {
        func reason(_ text: String) -> JSONError.Reason? {
            do {
                _ = try read(text) { try $0.integer(Int32.self) }
                return nil
            } catch { return (error as? JSONError)?.reason }
        }
        #expect(reason("2147483648") == .outOfRange(expected: "an integer of 32 bits", found: "2147483648"))
        #expect(reason("1.0") == .outOfRange(expected: "an integer of 32 bits", found: "1.0"))
        #expect(reason("\"1\"") == .typeMismatch(expected: "an integer", found: "a string"))
        #expect(reason("-2147483648") == nil)
        #expect(reason("99999999999999999999999999") != nil)
    }

    @Test func errorsReadWell() {
        let error = JSONError(
            .typeMismatch(expected: "an integer", found: "a string"), offset: 9, path: "spec.ports[0].port")
        #expect(error.description == "spec.ports[0].port: expected an integer, found a string (at byte 9)")
    }
}

@Suite struct JSONFuzzTests {
    /// A random value. Doubles come from a text with a fraction, so that they are never taken for integers.
    private func value(_ random: inout SeededGenerator, depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth > 4 ? 5 : 7), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .integer(Int64.random(in: .min ... .max, using: &random))
        case 3: return .double(Double(Int.random(in: -1000...1000, using: &random)) + 0.25)
        case 4: return .string(text(&random))
        case 5:
            let count = Int.random(in: 0...4, using: &random)
            return .array((0..<count).map { _ in value(&random, depth: depth + 1) })
        default:
            var object = JSONValue.Object()
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                object[text(&random)] = value(&random, depth: depth + 1)
            }
            return .object(object)
        }
    }

    private func text(_ random: inout SeededGenerator) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0...8, using: &random) {
            let ranges: [ClosedRange<UInt32>] = [0...0x1F, 0x20...0x7F, 0x20...0x7F, 0x80...0xD7FF, 0xE000...0x10FFFF]
            let range = ranges[Int.random(in: 0..<ranges.count, using: &random)]
            if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &random)) {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    @Test func roundTrip() throws {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<3000 {
            let value = value(&random, depth: 0)
            let bytes = value.serialized()
            #expect(try JSONValue(parsing: bytes) == value)
            #expect(try JSONReader.read(bytes) { try $0.raw() } == bytes)
        }
    }

    @Test func mutationsNeverCrash() {
        var random = SeededGenerator(seed: 5)
        var accepted = 0
        for _ in 0..<6000 {
            var bytes = value(&random, depth: 0).serialized()
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let index = Int.random(in: 0...bytes.count, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0 where index < bytes.count: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1 where index < bytes.count: bytes.removeLast(bytes.count - index)
                default: bytes.insert(Array("{}[]\"\\,:0eu.".utf8)[Int.random(in: 0..<12, using: &random)], at: index)
                }
            }
            agree(bytes, &accepted)
        }
        #expect(accepted > 100)
    }

    @Test func randomBytesNeverCrash() {
        var random = SeededGenerator(seed: 9)
        var accepted = 0
        for _ in 0..<20_000 {
            let alphabet = Array("{}[]\"\\,: \n0123456789eE+-.truefalsnu\u{7F}é".utf8)
            let isAny = Bool.random(using: &random)
            agree(
                (0..<Int.random(in: 0...24, using: &random)).map { _ in
                    isAny
                        ? UInt8.random(in: 0...255, using: &random)
                        : alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
                }, &accepted)
        }
    }

    /// What the tree reader takes, skipping takes too; an error is a JSONError within the text.
    private func agree(_ bytes: [UInt8], _ accepted: inout Int) {
        do {
            let value = try JSONValue(parsing: bytes)
            accepted += 1
            #expect(throws: Never.self) { try JSONReader.read(bytes) { try $0.skip() } }
            // What was read can be written and read again.
            #expect(throws: Never.self) { try JSONValue(parsing: value.serialized()) }
        } catch {
            #expect((error as? JSONError).map { (0...bytes.count).contains($0.offset) } == true)
        }
    }
}
