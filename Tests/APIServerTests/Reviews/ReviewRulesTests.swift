import APITesting
import JSONStream
import Testing

@testable import APIObjects
@testable import APIServer
@testable import KubeSchema

@Suite struct ReviewRulesTests {
    private static let selectors: [(attributes: JSONValue, causes: [String])] = [
        (["fieldSelector": ["rawSelector": "a=b"]], []),
        (["fieldSelector": [:]], ["Required fieldSelector.requirements"]),
        (
            ["fieldSelector": ["rawSelector": "a", "requirements": [["key": "", "operator": "In"]]]],
            [
                "Invalid fieldSelector.rawSelector", "Required fieldSelector.requirements[0].key",
                "Required fieldSelector.requirements[0].values",
            ]
        ),
        (["fieldSelector": ["requirements": [["key": "a b", "operator": "New"]]]], []),
        (
            ["labelSelector": ["requirements": [["key": "a b", "operator": "New"]]]],
            ["Invalid labelSelector.requirements[0].key"]
        ),
        (
            ["labelSelector": ["requirements": [["key": "a", "operator": "Exists", "values": ["x"]]]]],
            ["Forbidden labelSelector.requirements[0].values"]
        ),
    ]

    @Test(arguments: selectors) func selectorsOfQuestions(attributes: JSONValue, causes: [String]) {
        let found = SelectorAttributes.validate(attributes, FieldPath("r"))
        #expect(brief(found) == causes.map { $0.replacing(" ", with: " r.", maxReplacements: 1) })
    }

    @Test func localReviewsAreOfTheirNamespace() async throws {
        try await TestServer.with { (server: TestServer) async throws -> Void in
            let path = "/apis/authorization.k8s.io/v1/namespaces/default/localsubjectaccessreviews"
            var review: JSONValue = [
                "spec": ["user": "u", "resourceAttributes": ["namespace": "default", "verb": "get"]]
            ]
            let answer = try await server.send("POST", path, review)
            #expect(answer.status == 201 && answer.json["metadata"]?.text("namespace") == "default")
            review["metadata"] = ["namespace": "other"]
            #expect(try await server.send("POST", path, review).status == 400)
        }
    }

    @Test func tokensOfNobody() async throws {
        try await TestServer.with { (server: TestServer) async throws -> Void in
            let review: JSONValue = ["spec": ["token": "nobodys"]]
            let answer = try await server.send("POST", "/apis/authentication.k8s.io/v1/tokenreviews", review)
            #expect(answer.json["status"] == ["user": [:], "error": "invalid bearer token"])
        }
    }
}
