import JSONStream
import Testing
import YAMLStream

@Suite struct YAMLDocumentTests {
    private func read(_ text: String, _ change: (inout YAMLLimits) -> Void = { _ in }) throws -> YAMLDocument {
        var limits = YAMLLimits()
        change(&limits)
        return try YAMLDocument(parsing: Array(text.utf8), limits: limits)
    }

    private func problem(_ text: String, _ change: (inout YAMLLimits) -> Void = { _ in }) -> String? {
        do {
            _ = try read(text, change)
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// `a0` has ten values, each further one ten times as many.
    private func bomb(levels: Int, then: String) -> String {
        (1...levels).reduce("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n") { text, level in
            text + "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
                + "]\n"
        } + then
    }

    @Test(
        "An alias that unfolds without end is refused, whether it is a value or a key",
        arguments: [
            "z: *a12", "? *a12\n: z", "{*a12 : z}", "? [*a12]\n: z", "? {*a12 : y}\n: z",
        ])
    func bombs(end: String) {
        #expect(problem(bomb(levels: 12, then: end))?.contains("excessive aliasing") == true)
    }

    @Test(
        "A key is a scalar",
        arguments: ["? [a]\n: z", "{[a, b]: z}", "? {a: b}\n: z", "{{a: b}}", "[a]: z", "? &x [a]\n: z"])
    func keys(text: String) { #expect(problem(text)?.contains("invalid map key") == true) }

    @Test("What an alias names is no key unless it is a scalar")
    func aliasKeys() throws {
        #expect(problem("a: &a [x]\nb: {*a : 1}")?.contains("invalid map key") == true)
        #expect(try read("a: &a x\nb: {*a : 1}").value == ["a": "x", "b": ["x": 1]])
    }

    @Test func aliasesShareWhatTheyName() throws {
        let text = "base: &base\n  app: web\none: *base\ntwo: [*base, *base]\n"
        let web: JSONValue = ["app": "web"]
        #expect(try read(text).value == ["base": web, "one": web, "two": .array([web, web])])
    }

    @Test("Many uses of one anchor are no attack, however they are nested")
    func ordinaryAliases() throws {
        let anchors = (0..<20).map { "x\($0): &x\($0) {a: 1}\n" }.joined()
        let uses = (0..<400).map { "u\($0): [*x\($0 % 20), *x\(($0 * 7) % 20)]\n" }.joined()
        #expect(try read(anchors + uses).value["u399"] == [["a": 1], ["a": 1]])
    }

    @Test func limits() {
        #expect(problem("[a, b, c, d]") { $0.events = 5 } == nil)
        #expect(problem("[a, b, c, d, e]") { $0.events = 5 }?.contains("more than 5 values") == true)
        #expect(problem("[[[a]]]") { $0.depth = 3 } == nil)
        #expect(problem("[[[[a]]]]") { $0.depth = 3 }?.contains("more than 3 levels") == true)
        #expect(problem("a: &a [[x]]\nb: [[*a]]") { $0.depth = 4 }?.contains("more than 4 levels") == true)
        #expect(problem("a: &a xxxxx\nb: [*a, *a]") { $0.bytes = 17 } == nil)
        #expect(problem("a: &a xxxxx\nb: [*a, *a]") { $0.bytes = 16 }?.contains("more than 16 bytes") == true)
        for text in [
            String(repeating: "[", count: 1_000_000), String(repeating: "- ", count: 100_000),
            String(repeating: "{a: ", count: 10_000), String(repeating: "? ", count: 10_000),
        ] {
            #expect(problem(text) != nil)
        }
    }

    @Test func mergeKeys() throws {
        let text = """
            a: &a {x: 1, y: 1}
            b: &b {y: 2, z: 2}
            one: {<<: *a, y: 3}
            two: {<<: [*a, *b]}
            text: {"<<": 1}
            """
        let value = try read(text).value
        #expect(value["one"] == ["x": 1, "y": 3])
        #expect(value["two"]?["x"] == 1 && value["two"]?["y"] == 1 && value["two"]?["z"] == 2)
        #expect(value["text"] == ["<<": 1])
        #expect(problem("a: {<<: 1}")?.contains("map merge requires map") == true)
    }

    @Test("Of a key that stands twice the last value counts, and it is told")
    func duplicates() throws {
        let document = try read("a: 1\nb:\n  c: 1\n  c: 2\na: 3\n")
        #expect(document.value == ["a": 3, "b": ["c": 2]])
        #expect(
            document.duplicates == [#"line 4: key "c" already set in map"#, #"line 5: key "a" already set in map"#])
    }

    @Test func tagsAndKeysOfOtherTypes() throws {
        #expect(
            try read("{a: !!str 1, b: ! 1, c: !!int \"7\", 1: x, true: y, 0x10: z}").value
                == ["a": "1", "b": "1", "c": 7, "1": "x", "true": "y", "16": "z"])
        #expect(problem("~: x")?.contains("invalid map key") == true)
        #expect(problem("a: !!binary aGk=")?.contains("binary") == true)
    }

    @Test("An error names its line and nothing of the text")
    func errors() {
        #expect(
            problem("password: hunter2\n  secret: hunter3") == "line 2: mapping values are not allowed in this context")
        #expect(problem("a: *b") == "line 1: unknown anchor 'b' referenced")
        #expect(problem("a: 1\n---\nb: 1")?.contains("second document") == true)
        #expect(problem("") == "the document is empty")
        #expect(problem("# nothing") == "the document is empty")
    }
}
