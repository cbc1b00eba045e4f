import APITesting
import JSONStream
import Testing

@testable import APIObjects

/// Kinds that CustomResourceDefinitions bring.
@Suite struct CustomResourceTests {
    private static func definition(
        _ schema: String, plural: String = "toys", kind: String = "Toy", scope: String = "Namespaced", more: String = ""
    ) -> JSONValue {
        JSONValue(
            text: #"""
                {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"\#(plural).x.io"},
                "spec":{"group":"x.io","scope":"\#(scope)","names":{"plural":"\#(plural)","kind":"\#(kind)","shortNames":["\#(plural.prefix(2))"]},
                "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":\#(schema)}\#(more)}]}}
                """#)
    }

    private static let schema = #"""
        {"type":"object","required":["spec"],"properties":{
        "spec":{"type":"object","required":["size"],"properties":{
        "size":{"type":"integer","minimum":1,"maximum":9},
        "color":{"type":"string","enum":["red","blue"],"default":"red"},
        "name":{"type":"string","pattern":"^[a-z]+$","maxLength":5},
        "port":{"x-kubernetes-int-or-string":true},
        "parts":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["id"],"maxItems":3,
        "items":{"type":"object","required":["id"],"properties":{"id":{"type":"string"},"n":{"type":"integer"}}}},
        "one":{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"oneOf":[{"required":["a"]},{"required":["b"]}]},
        "free":{"type":"object","x-kubernetes-preserve-unknown-fields":true},
        "labels":{"type":"object","additionalProperties":{"type":"string"}}}},
        "status":{"type":"object","properties":{"replicas":{"type":"integer"}}}}}
        """#

    private static let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    private static let toys = "/apis/x.io/v1/namespaces/t/toys"

    private static func toy(_ name: String, _ spec: String) -> JSONValue {
        JSONValue(text: #"{"apiVersion":"x.io/v1","kind":"Toy","metadata":{"name":"\#(name)"},"spec":\#(spec)}"#)
    }

    private static func established(_ server: TestServer, _ name: String) async throws -> JSONValue {
        for _ in 0..<15_000 {
            let object = try await server.send("GET", "\(definitions)/\(name)").json
            let conditions = object["status"]?.items("conditions") ?? []
            if conditions.contains(where: { $0.text("type") == "Established" }) { return object }
            try await Task.sleep(for: .milliseconds(20))
        }
        return .null
    }

    private static func with(
        _ definition: JSONValue, _ body: @Sendable @escaping (TestServer) async throws -> Void
    ) async throws {
        try await TestServer.with { server in
            _ = try await server.send("POST", "/api/v1/namespaces", ["metadata": ["name": "t"]])
            let made = try await server.send("POST", definitions, definition)
            #expect(made.status == 201, "\(made.json.text("message"))")
            let name = definition["metadata"]?.text("name") ?? ""
            let object = try await established(server, name)
            #expect(object["status"]?["acceptedNames"]?.text("kind") == definition["spec"]?["names"]?.text("kind"))
            try await body(server)
        }
    }

    @Test func defaultsPruningAndValidation() async throws {
        try await Self.with(Self.definition(Self.schema)) { server in
            let made = try await server.send(
                "POST", Self.toys + "?fieldValidation=Ignore",
                Self.toy("a", #"{"size":2,"gone":1,"free":{"kept":{"x":1}},"labels":{"a":"b"},"port":"http"}"#))
            #expect(made.status == 201, "\(made.json.text("message"))")
            #expect(made.json["spec"]?.text("color") == "red")
            #expect(made.json["spec"]?["gone"] == nil)
            #expect(made.json["spec"]?["free"]?["kept"]?["x"] == 1)
            #expect(made.json["metadata"]?["generation"] == 1)
            let strict = try await server.send(
                "POST", Self.toys + "?fieldValidation=Strict", Self.toy("s", #"{"size":2,"gone":1}"#))
            #expect(strict.status == 400)
            #expect(strict.json.text("message").contains(#"unknown field "spec.gone""#))
        }
    }

    @Test(arguments: [
        (#"{"size":"x"}"#, "spec.size", "must be of type integer"),
        (#"{"size":0}"#, "spec.size", "greater than or equal to 1"),
        (#"{"size":10}"#, "spec.size", "less than or equal to 9"), (#"{}"#, "spec.size", "Required value"),
        (#"{"size":1,"color":"green"}"#, "spec.color", "supported values"),
        (#"{"size":1,"name":"A"}"#, "spec.name", "should match"),
        (#"{"size":1,"name":"abcdef"}"#, "spec.name", "Too long"),
        (#"{"size":1,"parts":[{"id":"a"},{"id":"a"}]}"#, "spec.parts[1]", "Duplicate value"),
        (#"{"size":1,"parts":[{"id":"a"},{"id":"b"},{"id":"c"},{"id":"d"}]}"#, "spec.parts", "Too many"),
        (#"{"size":1,"one":{}}"#, "spec.one", "oneOf"), (#"{"size":1,"one":{"a":"1","b":"2"}}"#, "spec.one", "oneOf"),
        (#"{"size":1,"labels":{"a":1}}"#, "spec.labels[a]", "must be of type string"),
        (#"{"size":1,"parts":"x"}"#, "spec.parts", "must be of type array"),
        (#"{"size":null}"#, "spec.size", "must be of type integer"),
    ])
    func refusesWhatDoesNotFit(_ spec: String, _ field: String, _ text: String) async throws {
        try await Self.with(Self.definition(Self.schema)) { server in
            let answer = try await server.send("POST", Self.toys, Self.toy("a", spec))
            #expect(answer.status == 422)
            let causes = answer.json["details"]?.items("causes") ?? []
            #expect(
                causes.contains { $0.text("field") == field && $0.text("message").contains(text) }, "\(causes)")
        }
    }

    @Test func partsColumnsAndPatches() async throws {
        let more = #"""
            ,"subresources":{"status":{},"scale":{"specReplicasPath":".spec.size","statusReplicasPath":".status.replicas"}},
            "additionalPrinterColumns":[{"name":"Size","type":"integer","jsonPath":".spec.size"}],
            "selectableFields":[{"jsonPath":".spec.color"}]
            """#
        try await Self.with(Self.definition(Self.schema, more: more)) { server in
            _ = try await server.send("POST", Self.toys, Self.toy("a", #"{"size":2}"#))
            _ = try await server.send("POST", Self.toys, Self.toy("b", #"{"size":3,"color":"blue"}"#))
            let blue = try await server.send("GET", Self.toys + "?fieldSelector=spec.color%3Dblue")
            #expect(blue.json.items("items").map { $0["metadata"]?.text("name") } == ["b"])
            let table = try await server.send(
                "GET", Self.toys, accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json")
            #expect(table.json.items("columnDefinitions").map { $0.text("name") } == ["Name", "Size"])
            #expect(table.json.items("rows").map { $0["cells"] } == [["a", 2], ["b", 3]])
            let scale = try await server.send(
                "PATCH", Self.toys + "/a/scale", Array(#"{"spec":{"replicas":7}}"#.utf8),
                type: "application/merge-patch+json")
            #expect(scale.json["spec"]?["replicas"] == 7)
            let status = try await server.send(
                "PATCH", Self.toys + "/a/status", Array(#"{"spec":{"size":1},"status":{"replicas":4}}"#.utf8),
                type: "application/merge-patch+json")
            #expect(status.json["spec"]?["size"] == 7)
            #expect(status.json["status"]?["replicas"] == 4)
            let strategic = try await server.send(
                "PATCH", Self.toys + "/a", Array(#"{"spec":{"size":1}}"#.utf8),
                type: "application/strategic-merge-patch+json")
            #expect(strategic.status == 415)
            let applied = try await server.send(
                "PATCH", Self.toys + "/c?fieldManager=f",
                Array(
                    #"{"apiVersion":"x.io/v1","kind":"Toy","metadata":{"name":"c"},"spec":{"size":1,"parts":[{"id":"x"}]}}"#
                        .utf8),
                type: "application/apply-patch+yaml")
            #expect(applied.status == 201, "\(applied.json.text("message"))")
            let discovery = try await server.send("GET", "/apis/x.io/v1")
            #expect(discovery.json.items("resources").map { $0.text("name") } == ["toys", "toys/scale", "toys/status"])
            let openAPI = try await server.send("GET", "/openapi/v3/apis/x.io/v1")
            #expect(openAPI.json["components"]?["schemas"]?["io.x.v1.Toy"] != nil)
        }
    }

    @Test func goesWithItsObjects() async throws {
        try await Self.with(Self.definition(Self.schema)) { server in
            _ = try await server.send("POST", Self.toys, Self.toy("a", #"{"size":2}"#))
            #expect(try await server.send("DELETE", Self.definitions + "/toys.x.io").status == 200)
            var status = 0
            for _ in 0..<15_000 where status != 404 {
                status = try await server.send("GET", Self.definitions + "/toys.x.io").status
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(status == 404)
            #expect(try await server.send("GET", Self.toys).status == 404)
            #expect(try await server.send("POST", Self.definitions, Self.definition(Self.schema)).status == 201)
            _ = try await Self.established(server, "toys.x.io")
            #expect(try await server.send("GET", Self.toys).json.items("items").isEmpty)
        }
    }

    @Test func rulesInCELAreRefused() async throws {
        let schema =
            #"{"type":"object","properties":{"spec":{"type":"object","x-kubernetes-validations":[{"rule":"true"}]}}}"#
        try await TestServer.with { server in
            let answer = try await server.send("POST", Self.definitions, Self.definition(schema))
            #expect(answer.status == 422)
            #expect(answer.json.text("message").contains("does not evaluate CEL"))
        }
    }

    @Test func severalVersionsAreOneKind() async throws {
        let text = #"""
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"toys.x.io"},
            "spec":{"group":"x.io","scope":"Namespaced","names":{"plural":"toys","kind":"Toy"},"versions":[
            {"name":"v1alpha1","served":true,"storage":false,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}},
            {"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}]}}
            """#
        try await Self.with(JSONValue(text: text)) { server in
            let older = "/apis/x.io/v1alpha1/namespaces/t/toys"
            let made = try await server.send(
                "POST", older,
                JSONValue(text: #"{"apiVersion":"x.io/v1alpha1","kind":"Toy","metadata":{"name":"a"},"spec":{"q":1}}"#))
            #expect(made.status == 201, "\(made.json.text("message"))")
            #expect(made.json.text("apiVersion") == "x.io/v1alpha1")
            let newer = try await server.send("GET", Self.toys + "/a")
            #expect(newer.json.text("apiVersion") == "x.io/v1")
            #expect(newer.json["spec"]?["q"] == 1)
            let group = try await server.send("GET", "/apis/x.io")
            #expect(group.json["preferredVersion"]?.text("version") == "v1")
        }
    }
}
