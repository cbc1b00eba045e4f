import APITesting
import JSONStream
import Testing

@testable import APIObjects

/// Pods over HTTP: binding, eviction, deletion and the parts of the spec that have paths of their own.
@Suite struct PodRequestTests {
    private static let pods = "/api/v1/namespaces/default/pods"

    private func withPod(
        _ metadata: JSONValue = [:], _ body: @Sendable (TestServer) async throws -> Void
    ) async throws {
        try await TestServer.with { server in
            var metadata = metadata
            metadata["name"] = "p"
            let answer = try await server.send(
                "POST", Self.pods,
                [
                    "metadata": metadata,
                    "spec": ["containers": [["name": "c", "image": "i:1", "resources": ["limits": ["cpu": "1"]]]]],
                ])
            #expect(answer.status == 201, "\(answer.json.written)")
            try await body(server)
        }
    }

    private func bind(_ server: TestServer, to node: String = "n") async throws -> TestServer.Answer {
        try await server.send(
            "POST", "\(Self.pods)/p/binding", ["metadata": ["name": "p"], "target": ["name": .string(node)]])
    }

    @Test func boundOnce() async throws {
        try await withPod { server in
            #expect(try await bind(server).status == 201)
            let bound = try await server.send("GET", "\(Self.pods)/p")
            #expect(bound.json["spec"]?["nodeName"] == "n")
            #expect(bound.json["status"]?.items("conditions").map { $0.text("type") } == ["PodScheduled"])
            #expect(try await bind(server, to: "m").status == 409)
            let list = try await server.send("GET", "\(Self.pods)?fieldSelector=spec.nodeName%3Dn")
            #expect(list.json.items("items").count == 1)
        }
    }

    @Test func badBindings() async throws {
        try await withPod { server in
            let empty = try await server.send(
                "POST", "\(Self.pods)/p/binding", ["metadata": ["name": "p"], "target": [:]])
            #expect(empty.status == 500 && empty.json.text("message") == "target.name: Required value")
            let other = try await server.send("POST", "\(Self.pods)/p/binding", ["metadata": ["name": "q"]])
            #expect(other.status == 400)
            #expect(try await server.send("GET", "\(Self.pods)/p/binding").status == 405)
            #expect(try await server.send("GET", "\(Self.pods)/p/nothing").status == 404)
        }
    }

    @Test func unscheduledPodsGoAtOnce() async throws {
        try await withPod { server in
            let gone = try await server.send("DELETE", "\(Self.pods)/p")
            #expect(gone.status == 200 && gone.json["metadata"]?["deletionGracePeriodSeconds"] == 0)
            #expect(try await server.send("GET", "\(Self.pods)/p").status == 404)
        }
    }

    @Test func scheduledPodsTakeTheirTime() async throws {
        try await withPod { server in
            _ = try await bind(server)
            let marked = try await server.send("DELETE", "\(Self.pods)/p")
            #expect(marked.json["metadata"]?["deletionGracePeriodSeconds"] == 30)
            #expect(marked.json["metadata"]?["generation"] == 2)
            // The kubelet reports until the end.
            let report: JSONValue = ["status": ["phase": "Running"]]
            let status = try await server.send(
                "PATCH", "\(Self.pods)/p/status", report, type: "application/merge-patch+json")
            #expect(status.status == 200)
            #expect(try await server.send("GET", "\(Self.pods)/p").status == 200)
            let final = try await server.send("DELETE", "\(Self.pods)/p", ["gracePeriodSeconds": 0])
            #expect(final.status == 200)
            #expect(try await server.send("GET", "\(Self.pods)/p").status == 404)
        }
    }

    @Test(arguments: [
        (
            #"{"disruptionsAllowed":1,"currentHealthy":2,"desiredHealthy":1,"expectedPods":2,"observedGeneration":1}"#,
            201
        ),
        (
            #"{"disruptionsAllowed":0,"currentHealthy":1,"desiredHealthy":1,"expectedPods":1,"observedGeneration":1}"#,
            429
        ),
        (#"{"disruptionsAllowed":1,"currentHealthy":2,"desiredHealthy":1,"expectedPods":2}"#, 429),
    ])
    func evictionsAskTheBudget(status: String, expected: Int) async throws {
        try await withPod(["labels": ["a": "b"]]) { server in
            let budgets = "/apis/policy/v1/namespaces/default/poddisruptionbudgets"
            _ = try await server.send(
                "POST", budgets,
                ["metadata": ["name": "x"], "spec": ["minAvailable": 1, "selector": ["matchLabels": ["a": "b"]]]])
            _ = try await server.send(
                "PATCH", "\(budgets)/x/status", ["status": JSONValue(text: status)],
                type: "application/merge-patch+json")
            let running: JSONValue = [
                "status": ["phase": "Running", "conditions": [["type": "Ready", "status": "True"]]]
            ]
            _ = try await server.send(
                "PATCH", "\(Self.pods)/p/status", running, type: "application/merge-patch+json")
            let answer = try await server.send("POST", "\(Self.pods)/p/eviction", ["metadata": ["name": "p"]])
            #expect(answer.status == expected, "\(answer.json.written)")
            if expected == 429 {
                #expect(answer.json["details"]?.items("causes").first?["reason"] == "DisruptionBudget")
            } else {
                let budget = try await server.send("GET", "\(budgets)/x")
                #expect(budget.json["status"]?["disruptionsAllowed"] == 0)
                #expect(budget.json["status"]?["disruptedPods"]?["p"] != nil)
            }
            #expect(try await server.send("GET", "\(Self.pods)/p").status == (expected == 201 ? 404 : 200))
        }
    }

    @Test func ephemeralContainersAndResize() async throws {
        try await withPod { server in
            let strategic = "application/strategic-merge-patch+json"
            let debug = try await server.send(
                "PATCH", "\(Self.pods)/p/ephemeralcontainers",
                ["spec": ["ephemeralContainers": [["name": "d", "image": "debug:1"]]]], type: strategic)
            #expect(debug.status == 200 && debug.json["spec"]?.items("ephemeralContainers").count == 1)
            #expect(debug.json["metadata"]?["generation"] == 2)
            let larger = try await server.send(
                "PATCH", "\(Self.pods)/p/resize",
                [
                    "spec": [
                        "containers": [["name": "c", "resources": ["limits": ["cpu": "2"], "requests": ["cpu": "2"]]]]
                    ]
                ],
                type: strategic)
            #expect(larger.status == 200, "\(larger.json.written)")
            let image = try await server.send(
                "PATCH", "\(Self.pods)/p/resize", ["spec": ["containers": [["name": "c", "image": "other"]]]],
                type: strategic)
            #expect(image.json["spec"]?.items("containers").first?["image"] == "i:1")
        }
    }

    @Test func anAppliedScaleOwnsTheReplicas() async throws {
        try await TestServer.with { server in
            let path = "/apis/apps/v1/namespaces/default/deployments"
            let template: JSONValue = [
                "metadata": ["labels": ["a": "b"]], "spec": ["containers": [["name": "c", "image": "i"]]],
            ]
            let spec: JSONValue = ["replicas": 1, "selector": ["matchLabels": ["a": "b"]], "template": template]
            let made = try await server.send(
                "POST", "\(path)?fieldManager=maker", ["metadata": ["name": "w"], "spec": spec])
            #expect(made.status == 201, "\(made.json.written)")
            let scale: JSONValue = [
                "apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": ["name": "w"], "spec": ["replicas": 5],
            ]
            let apply = { (query: String) in
                try await server.send(
                    "PATCH", "\(path)/w/scale?fieldManager=scaler\(query)", scale, type: "application/apply-patch+yaml")
            }
            #expect(try await apply("").status == 409)
            #expect(try await apply("&force=true").status == 200)
            for _ in 0..<2 {
                let object = try await server.send("GET", "\(path)/w").json
                #expect(object["spec"]?["replicas"] == 5)
                let owners = object["metadata"]?.items("managedFields") ?? []
                let replicas: JSONValue = ["f:spec": ["f:replicas": [:]]]
                #expect(
                    owners.map { [$0["manager"], $0["operation"], $0["subresource"], $0["apiVersion"]] } == [
                        ["maker", "Update", nil, "apps/v1"], ["scaler", "Apply", "scale", "apps/v1"],
                    ])
                #expect(owners.last?["fieldsV1"] == replicas)
                #expect(owners.first?["fieldsV1"]?["f:spec"]?["f:replicas"] == nil)
                // Its own again: no conflict, and nothing changes.
                #expect(try await apply("").status == 200)
            }
        }
    }

    @Test(arguments: [("deployments", "/apis/apps/v1"), ("replicationcontrollers", "/api/v1")])
    func scales(plural: String, api: String) async throws {
        try await TestServer.with { server in
            let path = "\(api)/namespaces/default/\(plural)"
            let selector: JSONValue = plural == "deployments" ? ["matchLabels": ["a": "b"]] : ["a": "b"]
            let template: JSONValue = [
                "metadata": ["labels": ["a": "b"]], "spec": ["containers": [["name": "c", "image": "i"]]],
            ]
            let made = try await server.send(
                "POST", path, ["metadata": ["name": "w"], "spec": ["selector": selector, "template": template]])
            #expect(made.status == 201, "\(made.json.written)")
            var scale = try await server.send("GET", "\(path)/w/scale").json
            #expect(scale["spec"] == ["replicas": 1] && scale["status"] == ["replicas": 0, "selector": "a=b"])
            scale[path: "spec", "replicas"] = 4
            let changed = try await server.send("PUT", "\(path)/w/scale", scale)
            #expect(changed.status == 200 && changed.json["spec"] == ["replicas": 4])
            #expect(try await server.send("PUT", "\(path)/w/scale", scale).status == 409)
            let none = try await server.send(
                "PATCH", "\(path)/w/scale", ["spec": ["replicas": 0]], type: "application/merge-patch+json")
            #expect(none.json["spec"] == [:])
            let negative = try await server.send(
                "PATCH", "\(path)/w/scale", ["spec": ["replicas": -1]], type: "application/merge-patch+json")
            #expect(negative.status == 422)
            #expect(negative.json["details"]?["kind"] == "Scale")
            let object = try await server.send("GET", "\(path)/w")
            #expect(object.json["metadata"]?["generation"] == 3)
        }
    }

    @Test func priorityClassesAreThere() async throws {
        try await TestServer.with { server in
            let list = try await server.send("GET", "/apis/scheduling.k8s.io/v1/priorityclasses")
            #expect(
                list.json.items("items").map { $0["metadata"]?.text("name") } == [
                    "system-cluster-critical", "system-node-critical",
                ])
            let pod: JSONValue = [
                "metadata": ["name": "q"],
                "spec": ["priorityClassName": "none", "containers": [["name": "c", "image": "i"]]],
            ]
            #expect(try await server.send("POST", Self.pods, pod).status == 403)
        }
    }
}
