import JSONStream
import Testing

@testable import APIObjects

/// Requests that upstream refuses before it looks at what the object means, with its codes, reasons and causes.
@Suite struct RefusalTests {
    private static let services = "/api/v1/namespaces/default/services"
    private static let json = "application/json-patch+json"
    private static let merge = "application/merge-patch+json"
    private static let strategic = "application/strategic-merge-patch+json"
    private static let apply = "application/apply-patch+yaml"

    private func check(
        _ answer: TestServer.Answer, _ code: Int, _ reason: String, _ causes: [String] = [],
        _ location: SourceLocation = #_sourceLocation
    ) {
        let status = answer.json
        #expect(answer.status == code && status.text("reason") == reason, "\(status)", sourceLocation: location)
        let found = status["details"]?.items("causes").map { "\($0.text("reason")) \($0.text("field"))" } ?? []
        #expect(found == causes, sourceLocation: location)
    }

    @Test func patchesThatMakeNoService() async throws {
        try await TestServer.with { (server: TestServer) async throws -> Void in
            let made: JSONValue = ["metadata": ["name": "a"], "spec": ["ports": [["port": 80]]]]
            #expect(try await server.send("POST", Self.services, made).status == 201)
            let path = "\(Self.services)/a"
            let misfit = ["FieldValueInvalid patch"]
            let bodies: [(JSONValue, String, String)] = [
                ([["op": "replace", "path": "/spec/ports", "value": "x"]], Self.json, ""),
                ([["op": "replace", "path": "/kind", "value": "Pod"]], Self.json, ""),
                (["spec": ["ports": "x"]], Self.merge, ""),
                (["spec": ["colour": 1]], Self.merge, "?fieldValidation=Strict"),
                (["spec": ["ports": "x"]], Self.strategic, ""),
                (["spec": ["colour": 1]], Self.strategic, "?fieldValidation=Strict"),
            ]
            for (body, type, query) in bodies {
                check(try await server.send("PATCH", path + query, body, type: type), 422, "Invalid", misfit)
            }
            let elsewhere: JSONValue = ["metadata": ["namespace": "other"]]
            check(try await server.send("PATCH", path, elsewhere, type: Self.merge), 400, "BadRequest")
            let nameless: JSONValue = [["op": "remove", "path": "/metadata/name"]]
            check(try await server.send("PATCH", path, nameless, type: Self.json), 400, "BadRequest")
        }
    }

    @Test func identitiesOfWhatIsNotThere() async throws {
        try await TestServer.with { (server: TestServer) async throws -> Void in
            let wanted: JSONValue = [
                "kind": "Service", "apiVersion": "v1", "metadata": ["name": "a", "uid": "u"],
                "spec": ["ports": [["port": 80]]],
            ]
            let path = "\(Self.services)/a"
            check(
                try await server.send("PATCH", path + "?fieldManager=m", wanted, type: Self.apply), 409, "Conflict")
            check(try await server.send("PUT", path, wanted), 409, "Conflict")
            #expect(try await server.send("GET", path).status == 404)
        }
    }

    @Test func optionsOfListsAndDeletions() async throws {
        try await TestServer.with { (server: TestServer) async throws -> Void in
            let queries: [(String, [String])] = [
                ("resourceVersionMatch=Exact", ["FieldValueForbidden resourceVersionMatch"]),
                ("resourceVersionMatch=Exact&resourceVersion=0", ["FieldValueForbidden resourceVersionMatch"]),
                ("resourceVersionMatch=X&resourceVersion=1", ["FieldValueNotSupported resourceVersionMatch"]),
                ("sendInitialEvents=true", ["FieldValueForbidden sendInitialEvents"]),
            ]
            for (query, causes) in queries {
                check(try await server.send("GET", "\(Self.services)?\(query)"), 422, "Invalid", causes)
            }
            check(try await server.send("GET", "\(Self.services)?timeoutSeconds=x"), 400, "BadRequest")
            let both = "\(Self.services)/a?propagationPolicy=Orphan&orphanDependents=true"
            check(
                try await server.send("DELETE", both), 422, "Invalid", ["FieldValueInvalid propagationPolicy"])
            let pod: JSONValue = ["kind": "Pod", "apiVersion": "v1"]
            check(try await server.send("DELETE", "\(Self.services)/a", pod), 400, "BadRequest")
        }
    }

    @Test func theOlderRangeOfANodeWins() async throws {
        try await TestServer.with { (server: TestServer) async throws -> Void in
            let node: JSONValue = [
                "metadata": ["name": "n"], "spec": ["podCIDR": "10.0.0.0/24", "podCIDRs": ["10.1.0.0/24"]],
            ]
            let made = try await server.send("POST", "/api/v1/nodes", node).json
            #expect(made["spec"]?.strings("podCIDRs") == ["10.0.0.0/24"])
            let change: JSONValue = ["spec": ["podCIDR": "10.2.0.0/24"]]
            check(
                try await server.send("PATCH", "/api/v1/nodes/n", change, type: Self.merge), 422, "Invalid",
                ["FieldValueForbidden spec.podCIDRs"])
        }
    }
}
