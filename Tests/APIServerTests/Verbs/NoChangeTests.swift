import APITesting
import JSONStream
import Testing

@Suite struct NoChangeTests {
    /// Defaults and allocated fields come to the end at first; writing them again must not count as a change.
    @Test func writesThatChangeNothingKeepTheVersion() async throws {
        try await TestServer.with { server in
            let path = "/api/v1/namespaces/default/services"
            let created = try await server.send(
                "POST", path,
                JSONValue(
                    text:
                        #"{"metadata":{"name":"a","labels":{"z":"1","a":"2"}},"spec":{"type":"NodePort","selector":{"z":"1","a":"2"},"ports":[{"port":80}]}}"#
                ))
            #expect(created.status == 201)
            let version = created.json["metadata"]?["resourceVersion"]
            let put = try await server.send("PUT", path + "/a", created.json)
            #expect(put.json["metadata"]?["resourceVersion"] == version)
            for type in ["application/merge-patch+json", "application/strategic-merge-patch+json"] {
                let patched = try await server.send(
                    "PATCH", path + "/a", ["metadata": ["labels": ["a": "2"]]], type: type)
                #expect(patched.json["metadata"]?["resourceVersion"] == version)
            }
            let changed = try await server.send(
                "PATCH", path + "/a", ["metadata": ["labels": ["a": "3"]]], type: "application/merge-patch+json")
            #expect(changed.json["metadata"]?["resourceVersion"] != version)
        }
    }
}
