import APITesting
import JSONStream
import Testing

@testable import APIObjects
@testable import APIServer

@Suite struct ResourceMetricsTests {
    @Test("Paths of the group are read, and no others")
    func paths() {
        func path(_ text: String) -> ResourceMetrics.Path? {
            ResourceMetrics.Path(text.split(separator: "/").map(String.init))
        }
        #expect(path("/apis/metrics.k8s.io") == .group)
        #expect(path("/apis/metrics.k8s.io/v1beta1") == .resources)
        #expect(path("/apis/metrics.k8s.io/v1beta1/nodes") == .nodes(nil))
        #expect(path("/apis/metrics.k8s.io/v1beta1/nodes/n1") == .nodes("n1"))
        #expect(path("/apis/metrics.k8s.io/v1beta1/pods") == .pods(namespace: "", name: nil))
        #expect(path("/apis/metrics.k8s.io/v1beta1/namespaces/a/pods") == .pods(namespace: "a", name: nil))
        #expect(path("/apis/metrics.k8s.io/v1beta1/namespaces/a/pods/b") == .pods(namespace: "a", name: "b"))
        for other in ["/apis", "/apis/metrics.k8s.io/v1", "/apis/metrics.k8s.io/v1beta1/namespaces/a", "/api/v1/nodes"]
        {
            #expect(path(other) == nil)
        }
    }

    private static func figures(_ cores: Int64?, _ bytes: Int64) -> JSONValue {
        var cpu: JSONValue = ["time": "2026-01-01T00:00:00Z"]
        if let cores { cpu["usageNanoCores"] = .integer(cores) }
        return ["name": "c", "cpu": cpu, "memory": ["workingSetBytes": .integer(bytes)]]
    }

    @Test("Figures are those of the agent, in the units of the API; what is not measured yet is left out")
    func figures() {
        let node = ResourceMetrics.node("n1", labels: ["a": "b"], ["node": Self.figures(1_500_000, 4096)])
        #expect(node?["usage"] == ["cpu": "1500000n", "memory": "4Ki"])
        #expect(node?["metadata"]?["labels"]?["a"] == "b")
        #expect(ResourceMetrics.node("n1", labels: [:], ["node": Self.figures(nil, 1)]) == nil)
        let reference: JSONValue = ["name": "p", "namespace": "t"]
        let pod = ResourceMetrics.pod(
            ["podRef": reference, "containers": [Self.figures(1, 1024), Self.figures(2, 2048)]], labels: [:])
        #expect(pod?["containers"]?.arrayValue?.count == 2)
        #expect(pod?["metadata"]?["namespace"] == "t")
        #expect(
            ResourceMetrics.pod(
                ["podRef": reference, "containers": [Self.figures(1, 1), Self.figures(nil, 1)]], labels: [:]) == nil)
    }

    @Test("Without agents there is no such group")
    func nobody() async throws {
        try await TestServer.with { server in
            let groups = try await server.send("GET", "/apis").json.items("groups").map { $0.text("name") }
            #expect(!groups.contains(ResourceMetrics.group))
            #expect(try await server.send("GET", "/apis/metrics.k8s.io/v1beta1/nodes").status == 404)
            let node: JSONValue = ["metadata": ["name": "n1"]]
            #expect(try await server.send("POST", "/api/v1/nodes", node).status == 201)
            let status: JSONValue = [
                "status": [
                    "addresses": [["type": "InternalIP", "address": "127.0.0.1"]],
                    "daemonEndpoints": ["kubeletEndpoint": ["Port": 1]],
                ]
            ]
            #expect(
                try await server.send(
                    "PATCH", "/api/v1/nodes/n1/status", status, type: "application/merge-patch+json"
                ).status == 200)
            try await eventually {
                try await server.send("GET", "/apis").json.items("groups").contains {
                    $0.text("name") == ResourceMetrics.group
                }
            }
            // An agent that does not answer is left out.
            let list = try await server.send("GET", "/apis/metrics.k8s.io/v1beta1/nodes")
            #expect(list.status == 200)
            #expect(list.json.items("items").isEmpty)
            #expect(try await server.send("GET", "/apis/metrics.k8s.io/v1beta1/nodes/n1").status == 404)
        }
    }
}
