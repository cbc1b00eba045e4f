import JSONStream
import Testing

@testable import KubeAPI

@Suite struct SchedulingKindsTests {
    private func read<Object: APIObject>(_ type: Object.Type, _ json: String) throws -> Object {
        try JSONReader.read(Array(json.utf8)) { try Object(reading: &$0) }
    }

    @Test func namespacesAreRead() throws {
        let namespace = try read(Namespace.self, #"{"metadata": {"name": "n", "labels": {"a": "b"}}, "status": {}}"#)
        #expect(namespace.metadata.name == "n" && namespace.metadata.labels == ["a": "b"])
    }

    @Test func disruptionBudgetsAreRead() throws {
        let budget = try read(
            PodDisruptionBudget.self,
            """
            {"metadata": {"name": "b"}, "spec": {"minAvailable": 1, "selector": {"matchLabels": {"a": "b"}}},
             "status": {"disruptionsAllowed": 2, "currentHealthy": 3, "disruptedPods": {"p": "2026-01-01T00:00:00Z"}}}
            """)
        #expect(budget.selector?.matches(["a": "b"]) == true)
        #expect(budget.status.disruptionsAllowed == 2 && budget.status.disruptedPods.keys.sorted() == ["p"])
        #expect(try read(PodDisruptionBudget.self, #"{"metadata": null, "spec": {"selector": null}}"#).selector == nil)
    }

    @Test("What a pod asks for as a whole counts instead of the sum") func podRequests() throws {
        let pod = try read(
            Pod.self,
            """
            {"spec": {"resources": {"requests": {"cpu": "2"}}, "overhead": {"cpu": "1m"}, "containers": [
              {"name": "c", "resources": {"requests": {"cpu": "1", "memory": "1"}}}]}}
            """)
        #expect(pod.spec.requests == ["cpu": ResourceAmount(milli: 2001), "memory": ResourceAmount(milli: 1000)])
    }
}
