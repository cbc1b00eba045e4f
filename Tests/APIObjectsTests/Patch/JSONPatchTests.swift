import JSONStream
import Testing

@testable import APIObjects

private func json(_ text: String) throws -> JSONValue { try JSONValue(parsing: text.utf8) }

@Suite struct JSONPatchTests {
    private func apply(_ patch: String, to target: String) throws -> JSONValue {
        try JSONPatch(json(patch)).apply(to: json(target))
    }

    /// RFC 6902, appendix A.
    @Test(arguments: [
        (#"{"foo":"bar"}"#, #"[{"op":"add","path":"/baz","value":"qux"}]"#, #"{"baz":"qux","foo":"bar"}"#),
        (#"{"foo":["bar","baz"]}"#, #"[{"op":"add","path":"/foo/1","value":"qux"}]"#, #"{"foo":["bar","qux","baz"]}"#),
        (#"{"baz":"qux","foo":"bar"}"#, #"[{"op":"remove","path":"/baz"}]"#, #"{"foo":"bar"}"#),
        (#"{"foo":["bar","qux","baz"]}"#, #"[{"op":"remove","path":"/foo/1"}]"#, #"{"foo":["bar","baz"]}"#),
        (
            #"{"baz":"qux","foo":"bar"}"#, #"[{"op":"replace","path":"/baz","value":"boo"}]"#,
            #"{"baz":"boo","foo":"bar"}"#
        ),
        (
            #"{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}"#,
            #"[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]"#,
            #"{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}"#
        ),
        (
            #"{"foo":["all","grass","cows","eat"]}"#, #"[{"op":"move","from":"/foo/1","path":"/foo/3"}]"#,
            #"{"foo":["all","cows","eat","grass"]}"#
        ),
        (
            #"{"baz":"qux","foo":["a",2,"c"]}"#,
            #"[{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}]"#,
            #"{"baz":"qux","foo":["a",2,"c"]}"#
        ),
        (
            #"{"foo":"bar"}"#, #"[{"op":"add","path":"/child","value":{"grandchild":{}}}]"#,
            #"{"foo":"bar","child":{"grandchild":{}}}"#
        ),
        (#"{"foo":"bar"}"#, #"[{"op":"add","path":"/baz","value":"qux","xyz":123}]"#, #"{"foo":"bar","baz":"qux"}"#),
        (#"{"/":9,"~1":10}"#, #"[{"op":"test","path":"/~01","value":10}]"#, #"{"/":9,"~1":10}"#),
        (
            #"{"foo":["bar"]}"#, #"[{"op":"add","path":"/foo/-","value":["abc","def"]}]"#,
            #"{"foo":["bar",["abc","def"]]}"#
        ),
        (
            #"{"a":{"b":1}}"#, #"[{"op":"copy","from":"/a","path":"/c"},{"op":"replace","path":"/c/b","value":2}]"#,
            #"{"a":{"b":1},"c":{"b":2}}"#
        ),
        (#"{"a":1}"#, #"[{"op":"replace","path":"","value":[1]}]"#, "[1]"),
        (#"{"a":[1,2,3]}"#, #"[{"op":"remove","path":"/a/-1"}]"#, #"{"a":[1,2]}"#),
        (#"{"a":1}"#, #"[{"op":"test","path":"/a","value":1.0}]"#, #"{"a":1}"#),
    ])
    func followsTheRFC(target: String, patch: String, result: String) throws {
        #expect(try apply(patch, to: target).agrees(with: json(result)))
    }

    @Test(arguments: [
        (#"{"baz":"qux"}"#, #"[{"op":"test","path":"/baz","value":"bar"}]"#),
        (#"{"foo":"bar"}"#, #"[{"op":"add","path":"/baz/bat","value":"qux"}]"#),
        (#"{"/":9,"~1":10}"#, #"[{"op":"test","path":"/~01","value":"10"}]"#),
        (#"{"a":1}"#, #"[{"op":"remove","path":"/b"}]"#),
        (#"{"a":1}"#, #"[{"op":"replace","path":"/b","value":1}]"#),
        (#"{"a":[1]}"#, #"[{"op":"add","path":"/a/3","value":1}]"#),
        (#"{"a":[1]}"#, #"[{"op":"remove","path":"/a/-"}]"#),
        (#"{"a":1}"#, #"[{"op":"frobnicate","path":"/a"}]"#),
        (#"{"a":1}"#, #"[{"op":"add","path":"b","value":1}]"#),
        (#"{"a":{"b":1}}"#, #"[{"op":"move","from":"/a","path":"/a/c"}]"#),
        (#"{"a":1}"#, #"[{"op":"add","path":"/b","value":1},{"op":"remove","path":"/c"}]"#),
    ])
    func refusesWhatDoesNotApply(target: String, patch: String) {
        #expect(throws: JSONPatch.Failure.self) { try apply(patch, to: target) }
    }

    @Test(arguments: [
        (#"{"a":1}"#, "json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp"),
        ("[1]", "json: cannot unmarshal number into Go value of type handlers.jsonPatchOp"),
        (#"[{"op":1}]"#, "json: cannot unmarshal number into Go struct field jsonPatchOp.op of type string"),
    ])
    func refusesWhatIsNoPatch(patch: String, problem: String) {
        #expect { try apply(patch, to: "{}") } throws: {
            ($0 as? StatusError)?.message == "error decoding patch: \(problem)" && ($0 as? StatusError)?.code == 400
        }
    }

    @Test func refusesTooManyOperations() {
        let many = "[" + Array(repeating: #"{"op":"test","path":""}"#, count: 10_001).joined(separator: ",") + "]"
        #expect { try apply(many, to: "{}") } throws: { ($0 as? StatusError)?.code == 413 }
    }

    @Test func comparesInAnyOrderOfMembers() throws {
        _ = try apply(#"[{"op":"test","path":"/a","value":{"c":1.0,"b":2}}]"#, to: #"{"a":{"b":2,"c":1}}"#)
    }

    /// Each copy doubles the object, or the depth of the object.
    @Test func aShortPatchCannotMakeAHugeObject() {
        let doubling = (0..<40).map { #"{"op":"copy","from":"","path":"/a\#($0)"}"# }.joined(separator: ",")
        #expect(throws: JSONPatch.Failure.self) { try apply("[\(doubling)]", to: #"{"a":"b"}"#) }
        let deeper = (0..<600).map { _ in
            #"{"op":"move","from":"/a","path":"/b/x"},{"op":"move","from":"/b","path":"/a"},{"op":"add","path":"/b","value":{}}"#
        }
        .joined(separator: ",")
        #expect(throws: JSONPatch.Failure.self) { try apply("[\(deeper)]", to: #"{"a":1,"b":{}}"#) }
    }
}
