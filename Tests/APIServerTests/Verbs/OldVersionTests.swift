import JSONStream
import Testing

@testable import APIObjects

/// Lists of what was, and owners that are named twice.
@Suite struct OldVersionTests {
    private static let maps = "/api/v1/namespaces/default/configmaps"
    private static let merge = "application/merge-patch+json"

    private func names(_ answer: TestServer.Answer) -> [String] {
        answer.json.items("items").map { "\($0["metadata"]?.text("name") ?? "")=\($0["data"]?.text("v") ?? "")" }
    }

    @Test func listsShowWhatWas() async throws {
        try await TestServer.with { (server: TestServer) async throws -> Void in
            var versions: [String] = []
            func note(_ answer: TestServer.Answer) async throws {
                #expect(answer.status < 300, "\(answer.json)")
                versions.append(try await server.send("GET", Self.maps).json["metadata"]?.text("resourceVersion") ?? "")
            }
            let start = try await server.send("GET", Self.maps).json["metadata"]?.text("resourceVersion") ?? ""
            for name in ["b", "a"] {
                let map: JSONValue = ["metadata": ["name": .string(name)], "data": ["v": "1"]]
                try await note(try await server.send("POST", Self.maps, map))
            }
            let change: JSONValue = ["data": ["v": "2"]]
            try await note(try await server.send("PATCH", Self.maps + "/b", change, type: Self.merge))
            try await note(try await server.send("DELETE", Self.maps + "/b"))
            let again: JSONValue = ["metadata": ["name": "b"], "data": ["v": "3"]]
            try await note(try await server.send("POST", Self.maps, again))
            let wanted = [[], ["b=1"], ["a=1", "b=1"], ["a=1", "b=2"], ["a=1"], ["a=1", "b=3"]]
            for (version, shown) in zip([start] + versions, wanted) {
                let answer = try await server.send(
                    "GET", "\(Self.maps)?resourceVersionMatch=Exact&resourceVersion=\(version)")
                #expect(names(answer) == shown, "at \(version)")
                #expect(answer.json["metadata"]?.text("resourceVersion") == version)
            }
        }
    }

    @Test func ownersThatAreNamedTwice() async throws {
        try await TestServer.with { (server: TestServer) async throws -> Void in
            let owner: JSONValue = ["apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "u"]
            var controller = owner
            controller["controller"] = true
            let map: JSONValue = ["metadata": ["name": "a", "ownerReferences": [owner, controller, owner]]]
            let made = try await server.send("POST", Self.maps, map)
            #expect(made.json["metadata"]?["ownerReferences"] == [owner, controller])
            let warning = made.headers["warning"] ?? ""
            #expect(warning.contains("contains duplicate entries; ") && warning.hasSuffix(#"observed: u""#))
            let patch: JSONValue = ["metadata": ["ownerReferences": [owner, owner]]]
            let patched = try await server.send("PATCH", Self.maps + "/a", patch, type: Self.merge)
            #expect(patched.json["metadata"]?["ownerReferences"] == [owner])
            #expect(patched.headers["warning"]?.contains("entries after mutating admission happens; ") == true)
        }
    }
}
