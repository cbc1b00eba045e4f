import JSONStream
import Testing

@testable import APIObjects

/// Updates: what is said of metadata, and how often; preconditions; and what a patch may be.
@Suite struct UpdateRulesTests {
    private static let services = "/api/v1/namespaces/default/services"
    private static let merge = "application/merge-patch+json"
    private static let strategic = "application/strategic-merge-patch+json"

    private static func causes(_ answer: TestServer.Answer) -> [String] {
        (answer.json["details"]?.items("causes") ?? []).map {
            "\($0.text("reason").dropFirst("FieldValue".count)) \($0.text("field"))"
        }
    }

    private static let workload: JSONValue = [
        "selector": ["matchLabels": ["a": "b"]],
        "template": [
            "metadata": ["labels": ["a": "b"]], "spec": ["containers": [["name": "c", "image": "i"]]],
        ],
    ]

    private static let looks: [(path: String, spec: JSONValue, looks: Int)] = [
        (services, ["ports": [["port": 80]]], 4),
        ("/apis/apps/v1/namespaces/default/deployments", workload, 3),
        ("/apis/apps/v1/namespaces/default/replicasets", workload, 4),
        ("/apis/policy/v1/namespaces/default/poddisruptionbudgets", [:], 2),
        ("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices", [:], 3),
    ]

    /// Metadata are looked at by the rules for all objects, twice, and by those of the kind, as often as they do.
    @Test(arguments: looks)
    func wrongLabelsAreToldOnceForEachLook(path: String, spec: JSONValue, looks: Int) async throws {
        try await TestServer.with { (server: TestServer) async throws -> Void in
            let made: JSONValue = ["metadata": ["name": "x"], "spec": spec, "addressType": "IPv4", "endpoints": []]
            #expect(try await server.send("POST", path, made).status == 201)
            let patch: JSONValue = ["metadata": ["labels": ["a b": ""]]]
            let answer = try await server.send("PATCH", path + "/x", patch, type: Self.merge)
            #expect(answer.status == 422)
            #expect(Self.causes(answer) == Array(repeating: "Invalid metadata.labels", count: looks))
        }
    }

    @Test func whatOnlyTheServerSets() async throws {
        try await TestServer.with { (server: TestServer) async throws -> Void in
            let made: JSONValue = ["metadata": ["name": "x"], "spec": ["ports": [["port": 80]]]]
            #expect(try await server.send("POST", Self.services, made).status == 201)
            let path = Self.services + "/x"
            let fixed: [(String, JSONValue)] = [
                ("deletionTimestamp", "2020-01-01T00:00:00Z"), ("deletionGracePeriodSeconds", 3), ("uid", "u"),
            ]
            for (field, value) in fixed {
                let answer = try await server.send(
                    "PATCH", path, ["metadata": [field: value]] as JSONValue, type: Self.merge)
                #expect(Self.causes(answer) == Array(repeating: "Invalid metadata.\(field)", count: 2), "\(field)")
            }
            let prefix: JSONValue = ["metadata": ["generateName": "x-"]]
            let answer = try await server.send("PATCH", path, prefix, type: Self.merge)
            #expect(answer.json["metadata"]?.text("generateName") == "x-")
            let version: JSONValue = ["metadata": ["resourceVersion": "new"]]
            #expect(try await server.send("PATCH", path, version, type: Self.merge).status == 500)
            let both: JSONValue = ["metadata": ["finalizers": ["orphan", "foregroundDeletion"]]]
            #expect(Self.causes(try await server.send("PATCH", path, both, type: Self.merge)).count == 2)
        }
    }

    @Test func someKindsAreChangedByVersionOnly() async throws {
        try await TestServer.with { (server: TestServer) async throws -> Void in
            let leases = "/apis/coordination.k8s.io/v1/namespaces/default/leases"
            let lease: JSONValue = ["metadata": ["name": "x"], "spec": ["strategy": "Oldest"]]
            let made = try await server.send("PUT", leases + "/x", lease)
            #expect(made.status == 201 && made.json["spec"] == [:])
            let answer = try await server.send("PUT", leases + "/x", lease)
            #expect(answer.status == 422 && answer.json["details"]?.text("kind") == "leases")
            #expect(Self.causes(answer) == ["Invalid metadata.resourceVersion"])
            let patch: JSONValue = ["spec": ["holderIdentity": "me"]]
            #expect(try await server.send("PATCH", leases + "/x", patch, type: Self.merge).status == 200)
        }
    }

    @Test func patchesOfNothing() async throws {
        try await TestServer.with { (server: TestServer) async throws -> Void in
            let made: JSONValue = ["metadata": ["name": "x"], "spec": ["ports": [["port": 80]]]]
            #expect(try await server.send("POST", Self.services, made).status == 201)
            let path = Self.services + "/x"
            let json = "application/json-patch+json"
            for (type, code) in [(Self.merge, 400), (Self.strategic, 200), (json, 200)] {
                #expect(try await server.send("PATCH", path, JSONValue.null, type: type).status == code, "\(type)")
                let missing = try await server.send("PATCH", Self.services + "/y", Array("{bad".utf8), type: type)
                #expect(missing.status == 404, "\(type)")
            }
            let pathless: JSONValue = [["op": "add", "value": 1]]
            let answer = try await server.send("PATCH", path, pathless, type: json)
            #expect(answer.status == 422 && Self.causes(answer) == [])
        }
    }

    @Test func patchesWithFieldsTwice() async throws {
        try await TestServer.with { (server: TestServer) async throws -> Void in
            let made: JSONValue = ["metadata": ["name": "x"], "spec": ["ports": [["port": 80]]]]
            #expect(try await server.send("POST", Self.services, made).status == 201)
            let path = Self.services + "/x"
            let twice = Array(#"{"metadata":{"labels":{"a":"1","a":"2"}}}"#.utf8)
            for type in [Self.merge, Self.strategic] {
                let answer = try await server.send("PATCH", path, twice, type: type)
                #expect(answer.headers["warning"] == #"299 - "duplicate field \"metadata.labels.a\"""#)
                let strict = try await server.send("PATCH", path + "?fieldValidation=Strict", twice, type: type)
                #expect(strict.status == 422 && Self.causes(strict) == ["Invalid patch"])
            }
            let more: JSONValue = [["op": "test", "path": "/kind", "value": "Service", "why": 1]]
            let answer = try await server.send("PATCH", path, more, type: "application/json-patch+json")
            #expect(answer.headers["warning"] == #"299 - "json patch unknown field \"[0].why\"""#)
        }
    }

    @Test func ownersThatAreNone() async throws {
        try await TestServer.with { (server: TestServer) async throws -> Void in
            let owners: [(JSONValue, [String])] = [
                (["apiVersion": "", "kind": "", "name": "", "uid": ""], ["apiVersion", "kind", "name", "uid"]),
                (["apiVersion": "a/b/c", "kind": "K", "name": "n", "uid": "u"], ["apiVersion"]),
                (["apiVersion": "v1", "kind": "Event", "name": "n", "uid": "u"], [""]),
                (["apiVersion": "a/v1", "kind": "Event", "name": "n", "uid": "u"], []),
            ]
            for (index, (owner, fields)) in owners.enumerated() {
                let object: JSONValue = [
                    "metadata": ["name": .string("x\(index)"), "ownerReferences": [owner]]
                ]
                let answer = try await server.send("POST", "/api/v1/namespaces/default/configmaps", object)
                let wanted = fields.map { "Invalid metadata.ownerReferences" + ($0.isEmpty ? "" : ".\($0)") }
                #expect(Self.causes(answer) == wanted)
            }
        }
    }
}
