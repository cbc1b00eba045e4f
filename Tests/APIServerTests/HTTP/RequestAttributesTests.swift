import HTTPTypes
import TestSupport
import Testing

@testable import APISecurity
@testable import APIServer

/// Method and path to verb and resource, as upstream's request info resolver has it.
@Suite struct RequestAttributesTests {
    private func attributes(_ method: HTTPRequest.Method, _ path: String) -> RequestAttributes {
        RequestAttributes(
            APIRequest(HTTPRequest(method: method, scheme: nil, authority: nil, path: path, headerFields: [:])))
    }

    @Test(arguments: [
        ("GET", "/api/v1/services", "list services"),
        ("GET", "/api/v1/services?watch=1", "watch services"),
        ("GET", "/api/v1/services?watch=false", "list services"),
        ("GET", "/api/v1/namespaces/x/services", "list services in x"),
        ("GET", "/api/v1/namespaces/x/services/a", "get services a in x"),
        ("HEAD", "/api/v1/namespaces/x/services/a", "get services a in x"),
        ("GET", "/api/v1/namespaces/x/services/a?watch=1", "get services a in x"),
        ("POST", "/api/v1/namespaces/x/services", "create services in x"),
        ("PUT", "/api/v1/namespaces/x/services/a/status", "update services/status a in x"),
        ("PATCH", "/apis/apps/v1/namespaces/x/deployments/a", "patch deployments.apps a in x"),
        ("DELETE", "/apis/apps/v1/namespaces/x/deployments", "deletecollection deployments.apps in x"),
        ("DELETE", "/apis/apps/v1/namespaces/x/deployments/a", "delete deployments.apps a in x"),
        ("GET", "/api/v1/namespaces", "list namespaces"),
        ("GET", "/api/v1/namespaces/x", "get namespaces x in x"),
        ("PUT", "/api/v1/namespaces/x/finalize", "update namespaces/finalize x in x"),
        ("GET", "/api/v1/namespaces/x/status", "get namespaces/status x in x"),
        ("GET", "/api/v1/nodes?fieldSelector=metadata.name%3Dn1", "list nodes n1"),
        ("GET", "/api/v1/nodes?watch=1&fieldSelector=metadata.name%3Dn1,a%3Db", "watch nodes n1"),
        ("GET", "/api/v1/nope/a", "get nope a"),
        (
            "POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            "create selfsubjectaccessreviews.authorization.k8s.io"
        ),
        ("OPTIONS", "/api/v1/services", " services"),
        ("GET", "/api/v1", "get /api/v1"), ("GET", "/apis/apps/v1", "get /apis/apps/v1"), ("POST", "/x", "post /x"),
        ("GET", "/", "get /"), ("GET", "/healthz?verbose", "get /healthz"),
    ])
    func requests(_ method: String, _ path: String, _ expected: String) throws {
        let found = attributes(try #require(HTTPRequest.Method(rawValue: method)), path)
        let what =
            found.isResource
            ? found.combinedResource + (found.group.isEmpty ? "" : ".\(found.group)") : found.path
        let text =
            "\(found.verb) \(what)" + (found.name.isEmpty ? "" : " \(found.name)")
            + (found.namespace.isEmpty ? "" : " in \(found.namespace)")
        #expect(text == expected)
    }

    @Test func anyPath() {
        var random = SeededGenerator(seed: 31)
        let parts = ["api", "apis", "v1", "apps", "namespaces", "x", "", "%2F", "status", "watch", "é", ".."]
        var resources = 0
        for _ in 0..<5000 {
            let path =
                "/"
                + (0..<Int.random(in: 0...8, using: &random)).map { _ in
                    parts.randomElement(using: &random) ?? ""
                }.joined(separator: "/")
            let found = attributes([.get, .post, .delete, .patch].randomElement(using: &random) ?? .get, path)
            resources += found.isResource ? 1 : 0
            // Whatever the path, what names a resource is not passed over as a plain path.
            if !found.isResource { #expect(found.path == path) } else { #expect(!found.resource.isEmpty, "\(path)") }
        }
        #expect(resources > 100)
    }
}
