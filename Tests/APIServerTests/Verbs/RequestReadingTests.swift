import JSONStream
import ObjectStore
import Testing

@testable import APIObjects
@testable import APIServer

/// A request is read once: what it is authorized and logged as is what it does.
@Suite struct RequestReadingTests {
    private static let services = "/api/v1/namespaces/default/services"

    @Test("watch=1 says nothing of one object, which is got")
    func oneObjectIsNotWatched() async throws {
        try await TestServer.with { server in
            let answer = try await server.send("GET", "\(Self.services)/kubernetes?watch=1&timeoutSeconds=1")
            #expect(answer.status == 200 && answer.json.text("kind") == "Service")
        }
    }

    @Test("Numbers in a query are numbers, whatever the verb", arguments: ["timeoutSeconds", "limit"])
    func numbers(name: String) async throws {
        try await TestServer.with { server in
            for (method, query) in [("GET", ""), ("GET", "&watch=1"), ("DELETE", "&labelSelector=a%3Db")] {
                for value in ["abc", "1.5", "9223372036854775808", "1e3"] {
                    let answer = try await server.send(method, "\(Self.services)?\(name)=\(value)\(query)")
                    #expect(answer.status == 400, "\(method) \(name)=\(value)\(query)")
                    #expect(answer.json.text("message").hasPrefix("strconv.ParseInt: parsing \"\(value)\": "))
                }
            }
            let answer = try await server.send("GET", "\(Self.services)?limit=9223372036854775807")
            #expect(answer.status == 200)
        }
    }

    @Test("A version that no store has given is too large", arguments: ["", "&watch=1"])
    func largeVersions(query: String) async throws {
        try await TestServer.with { server in
            for version in ["18446744073709551615", "9223372036854775808", "999999999"] {
                let answer = try await server.send("GET", "\(Self.services)?resourceVersion=\(version)\(query)")
                #expect(answer.status == 504)
                #expect(
                    answer.json.text("message").hasPrefix("Timeout: Too large resource version: \(version), current: "))
            }
            for version in ["18446744073709551616", "-1", "+1", "x"] {
                let answer = try await server.send("GET", "\(Self.services)?resourceVersion=\(version)\(query)")
                #expect(answer.status == (query.isEmpty ? 400 : 500), "\(version)")
            }
        }
    }

    @Test("What is not there is told, not that there is no such path")
    func missingParts() async throws {
        try await TestServer.with { server in
            for (path, what) in [
                ("\(Self.services)/a/proxy", "services \"a\""),
                ("/api/v1/namespaces/default/pods/p/log", "pods \"p\""),
                ("/api/v1/namespaces/default/pods/p/exec?command=ls", "pods \"p\""),
                ("/api/v1/namespaces/default/pods/p/attach", "pods \"p\""),
                ("/api/v1/namespaces/default/pods/p/portforward", "pods \"p\""),
                ("/api/v1/namespaces/default/pods/p/proxy/a/b", "pods \"p\""),
                ("/api/v1/nodes/n/proxy/x", "nodes \"n\""),
            ] {
                let answer = try await server.send("GET", path)
                #expect(answer.status == 404 && answer.json.text("message") == "\(what) not found", "\(path)")
            }
            let top = try await server.send("GET", "/apis/metrics.k8s.io/v1beta1/nodes")
            #expect(top.status == 404 && top.json.text("message").contains("no node of this cluster has an agent"))
            let unknown = try await server.send("GET", "\(Self.services)/a/magic")
            #expect(unknown.json.text("message") == "the server could not find the requested resource")
        }
    }

    @Test("Many media types and selectors do not take the server's time")
    func longQueries() async throws {
        #expect(MediaType.list(String(repeating: "a/b,", count: 100_000)).count <= 33)
        try await TestServer.with { server in
            let terms = (0..<1001).map { "metadata.name!=n\($0)" }.joined(separator: ",")
            let answer = try await server.send(
                "GET", "\(Self.services)?fieldSelector=\(terms.replacing("=", with: "%3D"))")
            #expect(answer.status == 400 && answer.json.text("message").contains("more than 1000 requirements"))
        }
    }
}
