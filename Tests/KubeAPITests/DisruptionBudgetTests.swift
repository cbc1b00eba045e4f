import JSONStream
import KubeAPI
import Testing

@Suite struct DisruptionBudgetTests {
    private static func read(_ text: String) throws -> PodDisruptionBudget {
        try JSONReader.read(Array(text.utf8)) { try PodDisruptionBudget(reading: &$0) }
    }

    @Test func isRead() throws {
        let budget = try Self.read(
            """
            {"metadata": {"name": "b", "namespace": "n"}, "spec": {"maxUnavailable": "30%", "selector": {}},
             "status": {"disruptionsAllowed": 1, "currentHealthy": 4, "desiredHealthy": 3, "expectedPods": 4,
             "observedGeneration": 2, "disruptedPods": {"p": "2026-01-01T00:00:00Z"},
             "conditions": [{"type": "DisruptionAllowed", "status": "True", "observedGeneration": 2,
                             "reason": "SufficientPods", "message": "", "lastTransitionTime": "x"}]}}
            """)
        #expect(budget.maxUnavailable == .percent(30))
        #expect(budget.minAvailable == nil)
        #expect(budget.selector?.matches(["any": "thing"]) == true)
        #expect(budget.status.disruptedPods == ["p": "2026-01-01T00:00:00Z"])
        var copy = PodDisruptionBudget(metadata: budget.metadata)
        copy.status = try Self.read(
            "{\"status\": \(String(decoding: budget.status.json.serialized(), as: UTF8.self))}"
        ).status
        #expect(copy.status == budget.status)
    }

    @Test(arguments: ["{\"spec\": {}}", "{\"spec\": {\"selector\": null}}", "{}"])
    func withoutASelectorThereAreNoPods(_ text: String) throws {
        #expect(try Self.read(text).selector == nil)
    }

    @Test func selectorsAreWrittenAsTheyAreRead() throws {
        let selector = LabelSelector(
            matchLabels: ["a": "b", "c": "d"],
            matchExpressions: [.init("x", .isIn, ["1", "2"]), .init("y", .doesNotExist)])
        let again = try JSONReader.read(selector.json.serialized()) { try LabelSelector(reading: &$0) }
        #expect(again == selector)
    }
}
