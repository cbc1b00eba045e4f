import APITesting
import JSONStream
import Testing

@testable import APIObjects
@testable import APIResources

/// ResourceQuotas and LimitRanges.
@Suite struct QuotaTests {
    private static let root = "/api/v1/namespaces/t"

    private static func pod(_ name: String, _ resources: String = "{}") -> JSONValue {
        JSONValue(
            text:
                #"{"metadata":{"name":"\#(name)"},"spec":{"containers":[{"name":"c","image":"i","resources":\#(resources)}]}}"#
        )
    }

    private static func with(_ body: @Sendable @escaping (TestServer) async throws -> Void) async throws {
        try await TestServer.with { server in
            _ = try await server.send("POST", "/api/v1/namespaces", ["metadata": ["name": "t"]])
            try await body(server)
        }
    }

    @Test func whatIsOverTheQuotaIsRefused() async throws {
        try await Self.with { server in
            let quota = JSONValue(
                text:
                    #"{"metadata":{"name":"q"},"spec":{"hard":{"pods":"2","requests.cpu":"1","count/configmaps":"1","services.nodeports":"1"}}}"#
            )
            #expect(try await server.send("POST", Self.root + "/resourcequotas", quota).status == 201)
            let silent = try await server.send("POST", Self.root + "/pods", Self.pod("a"))
            #expect(silent.status == 403)
            #expect(silent.json.text("message").contains("failed quota: q: must specify requests.cpu for: c"))
            let half = #"{"requests":{"cpu":"600m"}}"#
            #expect(try await server.send("POST", Self.root + "/pods", Self.pod("a", half)).status == 201)
            let over = try await server.send("POST", Self.root + "/pods", Self.pod("b", half))
            #expect(over.status == 403)
            #expect(
                over.json.text("message").hasSuffix(
                    "exceeded quota: q, requested: requests.cpu=600m, used: requests.cpu=600m, limited: requests.cpu=1"),
                "\(over.json.text("message"))")
            let map: JSONValue = ["metadata": ["generateName": "m"]]
            #expect(try await server.send("POST", Self.root + "/configmaps", map).status == 201)
            #expect(try await server.send("POST", Self.root + "/configmaps", map).status == 403)
            let service = JSONValue(
                text:
                    #"{"metadata":{"name":"s"},"spec":{"type":"NodePort","ports":[{"port":1,"name":"a"},{"port":2,"name":"b"}]}}"#
            )
            #expect(try await server.send("POST", Self.root + "/services", service).status == 403)
            var status: JSONValue = [:]
            for _ in 0..<6000 {
                status = try await server.send("GET", Self.root + "/resourcequotas/q").json["status"] ?? [:]
                if status["used"]?["pods"] == "1", status["used"]?["count/configmaps"] == "1" { break }
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(status["used"]?["requests.cpu"] == "600m")
            #expect(status["used"]?["count/configmaps"] == "1")
            #expect(status["hard"]?["pods"] == "2")
        }
    }

    /// Of writers at once, no more come through than there is room for.
    @Test func writersAtOnceTakeTurns() async throws {
        try await Self.with { server in
            let quota = JSONValue(text: #"{"metadata":{"name":"q"},"spec":{"hard":{"count/secrets":"5"}}}"#)
            _ = try await server.send("POST", Self.root + "/resourcequotas", quota)
            let made = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        try await server.send(
                            "POST", Self.root + "/secrets", ["metadata": ["name": .string("s\(number)")]]
                        )
                        .status
                    }
                }
                return try await group.reduce(0) { $0 + ($1 == 201 ? 1 : 0) }
            }
            #expect(made == 5)
        }
    }

    @Test func scopesChoosePods() {
        let best = QuotaScopes(["scopes": ["BestEffort"]])
        #expect(best.match(Self.pod("a")))
        #expect(!best.match(Self.pod("a", #"{"requests":{"cpu":"1"}}"#)))
        let ends = QuotaScopes(["scopes": ["Terminating"]])
        #expect(!ends.match(Self.pod("a")))
        let classes = QuotaScopes(
            [
                "scopeSelector": [
                    "matchExpressions": [["scopeName": "PriorityClass", "operator": "In", "values": ["x"]]]
                ]
            ])
        #expect(!classes.match(Self.pod("a")))
        #expect(classes.match(["spec": ["priorityClassName": "x"]]))
    }

    @Test func limitsFillInAndRefuse() async throws {
        try await Self.with { server in
            let range = JSONValue(
                text:
                    #"{"metadata":{"name":"l"},"spec":{"limits":[{"type":"Container","default":{"cpu":"500m"},"defaultRequest":{"cpu":"100m"},"max":{"cpu":"1"}}]}}"#
            )
            #expect(try await server.send("POST", Self.root + "/limitranges", range).status == 201)
            let made = try await server.send("POST", Self.root + "/pods", Self.pod("a"))
            let resources = made.json["spec"]?.items("containers").first?["resources"]
            #expect(resources?["limits"]?["cpu"] == "500m")
            #expect(resources?["requests"]?["cpu"] == "100m")
            #expect(
                made.json["metadata"]?["annotations"]?["kubernetes.io/limit-ranger"]?.stringValue?.contains(
                    "cpu limit, cpu request for container c") == true, "\(made.json.written)")
            let over = try await server.send("POST", Self.root + "/pods", Self.pod("b", #"{"limits":{"cpu":"2"}}"#))
            #expect(over.status == 403)
            #expect(over.json.text("message").contains("maximum cpu usage per Container is 1, but limit is 2"))
        }
    }
}
