import JSONStream
import TestSupport
import Testing

struct JSONDocumentSplitterTests {
    private static func split(
        _ bytes: [UInt8], borders: [Int] = [], maximumDocumentSize: Int = 1 << 20
    ) throws -> (documents: [[UInt8]], isComplete: Bool) {
        var splitter = JSONDocumentSplitter(maximumDocumentSize: maximumDocumentSize)
        var documents: [[UInt8]] = []
        var start = 0
        for border in borders + [bytes.count] {
            try Array(bytes[start..<border]).withUnsafeBytes { chunk in
                try splitter.consume(chunk) { documents.append(Array($0)) }
            }
            start = border
        }
        return (documents, splitter.isBetweenDocuments)
    }

    @Test(
        arguments: [
            ("", [], true), (" \n ", [], true), ("{}\n{}\n", ["{}", "{}"], true),
            ("{}{\"a\":\"}\"}", ["{}", "{\"a\":\"}\"}"], true),
            ("{} {\"a\":", ["{}"], false), (#"{"a":"\\"}{"b":"\""}"#, [#"{"a":"\\"}"#, #"{"b":"\""}"#], true),
        ] as [(String, [String], Bool)])
    func documentsEndWhereTheirBracketsClose(_ text: String, _ expected: [String], _ isComplete: Bool) throws {
        let bytes = Array(text.utf8)
        for borders in [[], Array(0..<bytes.count)] {
            let (documents, ends) = try Self.split(bytes, borders: borders)
            #expect(documents.map { String(decoding: $0, as: UTF8.self) } == expected)
            #expect(ends == isComplete)
        }
    }

    @Test(arguments: ["x", "{}]", "{},{}", "[]", "null"])
    func anythingButObjectsIsAnError(_ text: String) {
        #expect(throws: JSONError.self) { try Self.split(Array(text.utf8)) }
    }

    @Test(
        "A document that was cut ends the stream where the next one begins",
        arguments: [
            #"{"a":"#, #"{"a":["#, #"{"a":[1,"#, #"{"a":{"b":"#, #"{"a":"x"#, #"{"a":"x\"#, #"{"a":1"#, #"{"a""#,
            #"{"a":tr"#, #"{"a":{}"#, #"{"a":[]"#, "{", #"{"a":{"#,
        ])
    func cutDocuments(_ start: String) {
        for next in [#"{"type":"ADDED","object":{}}"#, #"{ "type": "MODIFIED", "object": {} }"#] {
            let bytes = Array(start.utf8) + Array(("\n" + next).utf8)
            for borders in [[], Array(0..<bytes.count)] {
                #expect(throws: JSONError.self) { try Self.split(bytes, borders: borders) }
            }
        }
    }

    @Test func linesWithinADocumentAreItsOwn() throws {
        let text = "{\n\"a\": [\n{\"type\": \"Ready\"},\n{\"type\":\n\"ADD\"}\n], \"b\":\n{}\n}\n"
        #expect(try Self.split(Array(text.utf8)).documents.count == 1)
    }

    @Test(arguments: [
        #"{"a" 1}"#, "{1:2}", #"{"a":1,}"#, "{]", #"{"a":[}"#, "{\"a\":\"\u{1}\"}", #"{"a":{"b":1}]"#, #"{,}"#,
    ])
    func whatCannotBecomeJSONIsAnErrorAtOnce(_ text: String) {
        #expect(throws: JSONError.self) { try Self.split(Array(text.utf8)) }
    }

    @Test func depthIsBounded() {
        let deep = Array((#"{"a":"# + String(repeating: "[", count: 600)).utf8)
        #expect(throws: JSONError(.tooDeep, offset: 5 + 511)) { try Self.split(deep) }
    }

    @Test func aDocumentIsBounded() throws {
        let bytes = Array(#"{"a":"0123456789"}"#.utf8)
        #expect(try Self.split(bytes, maximumDocumentSize: bytes.count).documents == [bytes])
        for borders in [[], [7]] {
            #expect(throws: JSONError.self) {
                try Self.split(bytes, borders: borders, maximumDocumentSize: bytes.count - 1)
            }
        }
    }

    @Test func anyBordersGiveTheSameDocuments() throws {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<2000 {
            var values: [JSONValue] = []
            var text = ""
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                let value: JSONValue = ["type": "ADDED", "object": RandomJSON.value(depth: 3, using: &random)]
                values.append(value)
                text += RandomJSON.text(value, using: &random) + RandomJSON.space(using: &random)
            }
            let bytes = Array(text.utf8)
            let (documents, isComplete) = try Self.split(
                bytes, borders: RandomJSON.borders(bytes.count, using: &random))
            #expect(try documents.map { try JSONValue(parsing: $0) } == values, "\(text)")
            #expect(isComplete)
        }
    }

    @Test func randomBytesNeverCrash() {
        var random = SeededGenerator(seed: 4)
        let alphabet = Array("{}[]\"\\,: \nabc".utf8)
        for _ in 0..<5000 {
            let bytes =
                [UInt8(ascii: "{")]
                + (0..<Int.random(in: 0...40, using: &random)).map { _ in
                    alphabet.randomElement(using: &random) ?? 0
                }
            let whole = try? Self.split(bytes)
            let parts = try? Self.split(bytes, borders: RandomJSON.borders(bytes.count, using: &random))
            #expect(whole?.documents == parts?.documents)
        }
    }
}
