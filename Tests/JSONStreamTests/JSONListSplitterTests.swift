import JSONStream
import TestSupport
import Testing

struct JSONListSplitterTests {
    /// Feeds `text` in pieces that end at `borders`, and returns the items and the envelope.
    static func split(
        _ bytes: [UInt8], borders: [Int] = [], maximumItemSize: Int = 1 << 20, maximumEnvelopeSize: Int = 1 << 20
    ) throws -> (items: [[UInt8]], envelope: [UInt8]) {
        var splitter = JSONListSplitter(maximumItemSize: maximumItemSize, maximumEnvelopeSize: maximumEnvelopeSize)
        var items: [[UInt8]] = []
        var start = 0
        for border in borders + [bytes.count] {
            try Array(bytes[start..<border]).withUnsafeBytes { chunk in
                try splitter.consume(chunk) { items.append(Array($0)) }
            }
            start = border
        }
        return (items, try splitter.finish())
    }

    static func texts(_ text: String) throws -> (items: [String], envelope: String) {
        let (items, envelope) = try split(Array(text.utf8))
        return (items.map { String(decoding: $0, as: UTF8.self) }, String(decoding: envelope, as: UTF8.self))
    }

    @Test func aListIsItemsAndEnvelope() throws {
        let (items, envelope) = try Self.texts(
            #"{"kind":"ServiceList","metadata":{"resourceVersion":"7"},"items":[{"a":"]}\""}, {"b":[{}]} ]}"#)
        #expect(items == [#"{"a":"]}\""}"#, #"{"b":[{}]}"#])
        #expect(envelope == #"{"kind":"ServiceList","metadata":{"resourceVersion":"7"},"items":[]}"#)
    }

    @Test func membersBehindTheItemsBelongToTheEnvelope() throws {
        let (items, envelope) = try Self.texts(#" { "items" : [ {} ] , "kind" : "L" } "#)
        #expect(items == ["{}"])
        #expect(try JSONValue(parsing: Array(envelope.utf8)) == ["items": [], "kind": "L"])
    }

    @Test(arguments: [
        (#"{"items":[]}"#, [String]()), (#"{"items":null}"#, []), (#"{"metadata":{"items":[{}]}}"#, []),
        (#"{"items":{"items":[1]}}"#, []), (#"["items",[{}]]"#, []), (#"{"a":"items","b":[1]}"#, []),
        (#"{"itemsx":[1],"items":[2]}"#, ["2"]), (#"{"\u0069tems":[true]}"#, ["true"]),
        (
            #"{"items":[1,-2.5e3, "a\\" ,"b\"]",null,false,[[]],{}]}"#,
            ["1", "-2.5e3", #""a\\""#, #""b\"]""#, "null", "false", "[[]]", "{}"]
        ),
    ])
    func onlyTopLevelItemsAreItems(_ text: String, _ expected: [String]) throws {
        #expect(try Self.texts(text).items == expected)
    }

    @Test(arguments: [
        #"{"items":[,]}"#, #"{"items":[{},]}"#, #"{"items":[{} {}]}"#, #"{"items":[}"#, #"{"items":[?]}"#,
        #"{"items":[{}"#, #"{"items":["a"#, #"{"items":["#,
    ])
    func brokenArraysAreErrors(_ text: String) {
        #expect(throws: JSONError.self) { try Self.texts(text) }
    }

    @Test func errorsTellWhere() {
        let error = #expect(throws: JSONError.self) {
            try Self.split(Array(#"{"items":[{},,{}]}"#.utf8), borders: [4, 11])
        }
        #expect(error?.offset == 13)
        #expect(error?.reason == .unexpectedByte(UInt8(ascii: ",")))
    }

    @Test func memoryIsBounded() throws {
        let item = #"{"a":"0123456789"}"#
        let list = Array(#"{"items":[\#(item)]}"#.utf8)
        #expect(try Self.split(list, maximumItemSize: item.utf8.count).items.count == 1)
        for borders in [[], [15], Array(1..<list.count)] {
            #expect(throws: JSONError.self) {
                try Self.split(list, borders: borders, maximumItemSize: item.utf8.count - 1)
            }
        }
        #expect(throws: JSONError.self) { try Self.split(Array(#"{"a":"0123456789"}"#.utf8), maximumEnvelopeSize: 9) }
    }

    @Test func anyBordersGiveWhatTheWholeParseGives() throws {
        var random = SeededGenerator(seed: 1)
        for round in 0..<3000 {
            let items = (0..<Int.random(in: 0...5, using: &random)).map { _ in
                RandomJSON.value(depth: 3, using: &random)
            }
            var members = ["kind", "metadata", "zz"].filter { _ in Bool.random(using: &random) }.map {
                ($0, RandomJSON.text(RandomJSON.value(depth: 2, using: &random), using: &random))
            }
            let list = items.map { RandomJSON.text($0, using: &random) }
            let space = RandomJSON.space(using: &random)
            members.append(("items", "[\(space)" + list.joined(separator: "\(space),\(space)") + "\(space)]"))
            members.shuffle(using: &random)
            let text =
                "\(space){" + members.map { "\"\($0)\"\(space):\(space)\($1)" }.joined(separator: ",") + "}\(space)"
            let bytes = Array(text.utf8)
            let borders = RandomJSON.borders(bytes.count, using: &random)

            let (found, envelope) = try Self.split(bytes, borders: borders)
            #expect(try found.map { try JSONValue(parsing: $0) } == items, "round \(round): \(text) at \(borders)")
            var expected = try JSONValue(parsing: bytes)
            expected["items"] = []
            #expect(try JSONValue(parsing: envelope) == expected, "round \(round): \(text) at \(borders)")
        }
    }

    @Test func randomBytesNeverCrashAndBordersDoNotMatter() {
        var random = SeededGenerator(seed: 2)
        let pieces = [
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\"items\"", "items", " ", "\n", "1", "-", "true", "null",
            "\\u00",
            "\u{7F}", "é", "\0", "{\"items\":[",
        ]
        for round in 0..<5000 {
            var bytes: [UInt8] = round % 2 == 0 ? Array(#"{"items":["#.utf8) : []
            for _ in 0..<Int.random(in: 0...30, using: &random) {
                if Int.random(in: 0...9, using: &random) == 0 {
                    bytes.append(UInt8.random(in: 0...255, using: &random))
                } else if let piece = pieces.randomElement(using: &random) {
                    bytes += Array(piece.utf8)
                }
            }
            let whole = Result { try Self.split(bytes) }
            let parts = Result { try Self.split(bytes, borders: RandomJSON.borders(bytes.count, using: &random)) }
            switch (whole, parts) {
            case (.success(let one), .success(let other)):
                #expect(one.items == other.items)
                #expect(one.envelope == other.envelope)
            case (.failure(let one as JSONError), .failure(let other as JSONError)):
                #expect(one == other)
            default:
                Issue.record("\(bytes): \(whole) and \(parts)")
            }
        }
    }
}
