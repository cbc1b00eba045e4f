import JSONStream
import Testing

@testable import APIObjects

@Suite struct DeleteOptionsTests {
    private static let maps = "/api/v1/namespaces/default/configmaps"

    private static let refused: [(query: String, body: String?, type: String, code: Int, cause: String?)] = [
        ("?gracePeriodSeconds=x", nil, "", 400, nil), ("?propagationPolicy=x", nil, "", 422, "propagationPolicy"),
        ("?dryRun=x", nil, "", 422, "dryRun"), ("", #"{"gracePeriodSeconds":"x"}"#, "application/json", 400, nil),
        ("", "[]", "application/json", 400, nil), ("", #"{"kind":"Pod"}"#, "application/json", 400, nil),
        ("", "x", "text/plain", 415, nil), ("", #"{"dryRun":["x"]}"#, "application/json", 422, "dryRun"),
        (
            "", #"{"orphanDependents":true,"propagationPolicy":"Orphan"}"#, "application/json", 422,
            "propagationPolicy"
        ),
    ]

    @Test func whatIsRefused() async throws {
        try await TestServer.with { (server: TestServer) async throws -> Void in
            let map: JSONValue = ["metadata": ["name": "a"]]
            #expect(try await server.send("POST", Self.maps, map).status == 201)
            for (query, body, type, code, cause) in Self.refused {
                let answer = try await server.send(
                    "DELETE", "\(Self.maps)/a\(query)", body.map { Array($0.utf8) }, type: type)
                #expect(answer.status == code, "\(query) \(body ?? "")")
                let found = answer.json["details"]?.items("causes").first?.text("field")
                #expect(found == cause, "\(query) \(body ?? "")")
            }
            #expect(try await server.send("GET", "\(Self.maps)/a").status == 200)
        }
    }

    /// What the query says beside a body is not read at all.
    @Test func aBodyTakesTheQuerysPlace() async throws {
        try await TestServer.with { (server: TestServer) async throws -> Void in
            let map: JSONValue = ["metadata": ["name": "a", "finalizers": ["example.com/x"]]]
            #expect(try await server.send("POST", Self.maps, map).status == 201)
            let path = "\(Self.maps)/a?dryRun=All"
            #expect(try await server.send("DELETE", path).json["metadata"]?.has("deletionTimestamp") == true)
            #expect(try await server.send("GET", path).json["metadata"]?.has("deletionTimestamp") == false)
            #expect(try await server.send("DELETE", path, ["orphanDependents": false] as JSONValue).status == 202)
            #expect(try await server.send("GET", path).json["metadata"]?.has("deletionTimestamp") == true)
        }
    }

    @Test func collectionsAreDeletedInOneNamespaceAtATime() async throws {
        try await TestServer.with { (server: TestServer) async throws -> Void in
            #expect(try await server.send("DELETE", "/api/v1/configmaps").status == 405)
            #expect(try await server.send("DELETE", Self.maps + "?resourceVersionMatch=Exact").status == 422)
            #expect(try await server.send("DELETE", Self.maps).status == 200)
            #expect(try await server.send("DELETE", "/api/v1/nodes").status == 200)
        }
    }
}
