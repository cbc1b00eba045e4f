import APITesting
import JSONStream
import Testing

@testable import APIObjects
@testable import APIPods
@testable import APIResources
@testable import APIServer

@Suite struct WebhookTests {
    private static func rule(_ resources: String, operations: String = "*", groups: String = "", scope: String = "*")
        -> WebhookRule
    {
        WebhookRule([
            "operations": [.string(operations)], "apiGroups": [.string(groups)], "apiVersions": ["v1"],
            "resources": [.string(resources)], "scope": .string(scope),
        ])
    }

    @Test func rulesChooseRequests() {
        let pods = ResourceDefinition.pods
        #expect(Self.rule("pods").matches(pods, subresource: "", "CREATE"))
        #expect(!Self.rule("pods").matches(pods, subresource: "status", "UPDATE"))
        #expect(Self.rule("pods/*").matches(pods, subresource: "status", "UPDATE"))
        #expect(Self.rule("*").matches(pods, subresource: "", "DELETE"))
        #expect(!Self.rule("*").matches(pods, subresource: "status", "UPDATE"))
        #expect(Self.rule("*/*").matches(pods, subresource: "status", "UPDATE"))
        #expect(!Self.rule("pods", operations: "DELETE").matches(pods, subresource: "", "CREATE"))
        #expect(!Self.rule("pods", groups: "apps").matches(pods, subresource: "", "CREATE"))
        #expect(Self.rule("deployments", groups: "apps").matches(.deployments, subresource: "", "CREATE"))
        #expect(!Self.rule("pods", scope: "Cluster").matches(pods, subresource: "", "CREATE"))
        #expect(Self.rule("nodes", scope: "Cluster").matches(.nodes, subresource: "", "CREATE"))
    }

    @Test func denialsSayWhy() {
        let error = Webhooks.denial("a.b", ["message": "no", "code": 403, "reason": "Forbidden"])
        #expect(error.code == 403)
        #expect(error.message == #"admission webhook "a.b" denied the request: no"#)
        #expect(
            Webhooks.denial("a.b", [:]).message == #"admission webhook "a.b" denied the request without explanation"#)
        #expect(Webhooks.denial("a.b", ["code": 7]).code == 400)
    }

    /// A webhook that cannot be asked keeps writes away or not, as it says itself.
    @Test(arguments: [("Fail", 500), ("Ignore", 201)])
    func failures(_ policy: String, _ status: Int) async throws {
        try await TestServer.with { server in
            let configuration = JSONValue(
                text: #"""
                    {"metadata":{"name":"w"},"webhooks":[{"name":"a.b.c","sideEffects":"None","admissionReviewVersions":["v1"],
                    "failurePolicy":"\#(policy)","timeoutSeconds":1,"clientConfig":{"url":"https://127.0.0.1:1/x"},
                    "rules":[{"operations":["CREATE"],"apiGroups":[""],"apiVersions":["v1"],"resources":["configmaps"]}]}]}
                    """#)
            let path = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
            #expect(try await server.send("POST", path, configuration).status == 201)
            let made = try await server.send(
                "POST", "/api/v1/namespaces/default/configmaps", ["metadata": ["name": "m"]])
            #expect(made.status == status)
            if status == 500 { #expect(made.json.text("message").contains(#"failed calling webhook "a.b.c""#)) }
            let other = try await server.send(
                "POST", "/api/v1/namespaces/default/secrets", ["metadata": ["name": "m"]])
            #expect(other.status == 201)
        }
    }
}
