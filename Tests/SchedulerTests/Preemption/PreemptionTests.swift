import KubeAPI
import TestSupport
import Testing

@testable import Scheduler

@Suite struct PreemptionTests {
    private static func low(
        _ name: String, on node: String, cpu: String, priority: Int = 0, start: String = "", labels: String = ""
    ) throws -> Pod {
        var pod = try Fixture.placed(
            name, on: node, Fixture.requests(cpu, #""priority": \#(priority)"#),
            metadata: labels.isEmpty ? "" : #""labels": {\#(labels)}"#)
        pod.status.startTime = start
        return pod
    }

    private func run(
        _ pod: Pod, _ nodes: [Node], _ placed: [Pod], budgets: [PodDisruptionBudget] = [],
        nominated: String? = nil
    ) -> Preemption.Result? {
        let info = PodInfo(pod)
        let cluster = Fixture.cluster(nodes, placed)
        let filters = FilterSet(info, cluster)
        var nominations = Nominations()
        if let nominated { nominations.set(info, node: nominated) }
        var selection = NodeSelection()
        var random = SeededGenerator(seed: 1)
        guard case .none(let diagnosis) = selection.select(info, filters, cluster, nominations, using: &random) else {
            return nil
        }
        return Preemption(
            pod: info, filters: filters, cluster: cluster, nominations: nominations, budgets: budgets
        ).run(diagnosis, using: &random)
    }

    private func victims(_ result: Preemption.Result?) -> [String]? {
        guard case .victims(let victims) = result else { return nil }
        return [victims.node] + victims.pods.map(\.key.name)
    }

    private func message(_ result: Preemption.Result?) -> String? {
        guard case .nobody(let message, _) = result else { return nil }
        return message
    }

    private static func high(_ cpu: String = "2", _ more: String = "") throws -> Pod {
        try Fixture.pod("high", Fixture.requests(cpu, #""priority": 100"# + more))
    }

    @Test("Only as many as needed, the least important first") func smallestSet() throws {
        let placed = [
            try Self.low("a", on: "n", cpu: "1", priority: 5), try Self.low("b", on: "n", cpu: "1", priority: 1),
            try Self.low("c", on: "n", cpu: "2", priority: 3),
        ]
        let node = try Fixture.node("n")
        #expect(victims(run(try Self.high("1"), [node], placed)) == ["n", "b"])
        #expect(victims(run(try Self.high("3"), [node], placed)) == ["n", "c", "b"])
        #expect(victims(run(try Self.high("4"), [node], placed)) == ["n", "a", "c", "b"])
    }

    @Test func equalsStay() throws {
        let placed = [try Self.low("a", on: "n", cpu: "4", priority: 100)]
        let result = run(try Self.high(), [try Fixture.node("n")], placed)
        #expect(
            message(result)
                == "0/1 nodes are available: 1 No preemption victims found for incoming pod.")
    }

    struct Choice: Sendable, CustomStringConvertible {
        var description: String
        /// On each node, priorities and start times of pods with one core each.
        var nodes: [[(priority: Int, start: String)]]
        var expected: Int
    }

    @Test(arguments: [
        Choice(description: "lowest highest priority", nodes: [[(9, "1"), (1, "1")], [(8, "1"), (8, "1")]], expected: 1),
        Choice(description: "lowest sum", nodes: [[(9, "1"), (8, "1")], [(9, "1"), (1, "1")]], expected: 1),
        Choice(description: "latest start", nodes: [[(1, "1"), (1, "3")], [(1, "2"), (1, "2")]], expected: 1),
    ]) func choosesTheNode(_ given: Choice) throws {
        var nodes: [Node] = []
        var placed: [Pod] = []
        for (index, pods) in given.nodes.enumerated() {
            nodes.append(try Fixture.node("n\(index)", cpu: "2"))
            for (number, pod) in pods.enumerated() {
                placed.append(
                    try Self.low(
                        "p\(index)-\(number)", on: "n\(index)", cpu: "1", priority: pod.priority, start: pod.start))
            }
        }
        #expect(victims(run(try Self.high(), nodes, placed))?.first == "n\(given.expected)")
    }

    @Test func fewerVictimsAreBetter() throws {
        let placed = [
            try Self.low("a", on: "n0", cpu: "1"), try Self.low("b", on: "n0", cpu: "1"),
            try Self.low("c", on: "n1", cpu: "2"),
        ]
        let nodes = [try Fixture.node("n0", cpu: "2"), try Fixture.node("n1", cpu: "2")]
        #expect(victims(run(try Self.high(), nodes, placed)) == ["n1", "c"])
    }

    private static func budget(_ allowed: Int) throws -> PodDisruptionBudget {
        try Fixture.read(
            PodDisruptionBudget.self,
            """
            {"metadata": {"name": "b", "namespace": "default"}, "spec": {"selector": {"matchLabels": {"app": "db"}}},
             "status": {"disruptionsAllowed": \(allowed)}}
            """)
    }

    @Test func budgetsAreKeptWherePossible() throws {
        let placed = [
            try Self.low("db", on: "n0", cpu: "2", priority: 0, labels: #""app": "db""#),
            try Self.low("web", on: "n1", cpu: "2", priority: 50, labels: #""app": "web""#),
        ]
        let nodes = [try Fixture.node("n0", cpu: "2"), try Fixture.node("n1", cpu: "2")]
        #expect(victims(run(try Self.high(), nodes, placed, budgets: [try Self.budget(0)])) == ["n1", "web"])
        #expect(victims(run(try Self.high(), nodes, placed, budgets: [try Self.budget(1)])) == ["n0", "db"])
        // Where nothing else helps, they are broken.
        let broken = run(try Self.high(), [nodes[0]], [placed[0]], budgets: [try Self.budget(0)])
        #expect(victims(broken) == ["n0", "db"])
    }

    @Test func messages() throws {
        var nodes = [try Fixture.node("n0", cpu: "2"), try Fixture.node("n1", cpu: "2"), try Fixture.node("n2", cpu: "1")]
        nodes[1].taints = [Taint("k", "", .noSchedule)]
        let placed = [try Self.low("a", on: "n0", cpu: "1", priority: 100)]
        #expect(
            message(run(try Self.high(), nodes, placed))
                == "0/3 nodes are available: 1 No preemption victims found for incoming pod, "
                + "2 Preemption is not helpful for scheduling.")
        let never = try Self.high("2", #", "preemptionPolicy": "Never""#)
        #expect(message(run(never, nodes, placed)) == "not eligible due to preemptionPolicy=Never.")
    }

    @Test func waitsForThoseThatAreGoing() throws {
        var going = try Self.low("a", on: "n", cpu: "4")
        going.metadata.deletionTimestamp = "2026-01-01T00:00:00Z"
        going.status.conditions = [Condition("DisruptionTarget", "True", reason: "PreemptionByScheduler")]
        let result = run(try Self.high(), [try Fixture.node("n")], [going], nominated: "n")
        #expect(message(result) == "not eligible due to a terminating pod on the nominated node.")
    }

    @Test("What keeps a pod off may be another pod's anti-affinity") func antiAffinity() throws {
        let shy = try Fixture.placed(
            "shy", on: "n",
            """
            {"affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{"labelSelector": \
            {"matchLabels": {"app": "web"}}, "topologyKey": "kubernetes.io/hostname"}]}}}
            """)
        let pod = try Fixture.pod("p", #"{"priority": 1}"#, metadata: #""labels": {"app": "web"}"#)
        #expect(victims(run(pod, [try Fixture.node("n")], [shy])) == ["n", "shy"])
    }
}
