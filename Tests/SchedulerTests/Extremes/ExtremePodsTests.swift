import KubeAPI
import TestSupport
import Testing

@testable import Scheduler

/// Whatever users write into pods, nodes and budgets, the scheduler decides.
@Suite struct ExtremePodsTests {
    private static func pod(_ name: String, _ random: inout SeededGenerator) throws -> Pod {
        func requests(_ random: inout SeededGenerator) -> String {
            """
            {"resources": {"requests": {"cpu": "\(Extremes.quantity(&random))", "memory": \
            "\(Extremes.quantity(&random))", "example.com/gpu": "\(Extremes.quantity(&random))"}}}
            """
        }
        func weighted(_ kind: String, _ random: inout SeededGenerator) -> String {
            """
            "\(kind)": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": \(Extremes.int32(&random)), \
            "podAffinityTerm": {"topologyKey": "zone", "labelSelector": {"matchLabels": {"a": "b"}}}}]}
            """
        }
        let nodes = """
            "nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": \
            \(Extremes.int32(&random)), "preference": {"matchExpressions": [{"key": "zone", "operator": "Exists"}]}}]}
            """
        return try Fixture.pod(
            name,
            """
            {"containers": [\(requests(&random)), \(requests(&random))], "initContainers": [\(requests(&random))],
             "overhead": {"cpu": "\(Extremes.quantity(&random))"}, "priority": \(Extremes.int32(&random)),
             "topologySpreadConstraints": [{"maxSkew": \(Extremes.int32(&random)), "topologyKey": "zone",
              "minDomains": \(Extremes.int32(&random)), "labelSelector": {"matchLabels": {"a": "b"}},
              "whenUnsatisfiable": "\(Bool.random(using: &random) ? "DoNotSchedule" : "ScheduleAnyway")"}],
             "affinity": {\(nodes), \(weighted("podAffinity", &random)), \(weighted("podAntiAffinity", &random))}}
            """, metadata: #""labels": {"a": "b"}"#, status: #"{"startTime": "\#(Extremes.time(&random))"}"#)
    }

    private static func node(_ name: String, _ random: inout SeededGenerator) throws -> Node {
        var node = try Fixture.node(
            name, ["zone": name], cpu: Extremes.quantity(&random), memory: Extremes.quantity(&random),
            more: #""example.com/gpu": "\#(Extremes.quantity(&random))""#)
        if random.oneIn(3) { node.allocatable["pods"] = ResourceAmount(Extremes.quantity(&random)) }
        return node
    }

    @Test(arguments: 0..<50 as Range<UInt64>) func everyPodIsDecided(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var state = SchedulerState(schedulerName: "default-scheduler", seed: seed)
        let nodes = try (0..<4).map { try Self.node("n\($0)", &random) }
        for node in nodes { state.nodeChanged(nil, node, now: .zero) }
        for number in 0..<8 {
            var placed = try Self.pod("placed\(number)", &random)
            placed.spec.nodeName = "n\(number % 4)"
            state.podChanged(placed.metadata.key, placed, now: .zero)
        }
        for number in 0..<20 {
            let pod = try Self.pod("p\(number)", &random)
            state.podChanged(pod.metadata.key, pod, now: .zero)
        }
        var decided = 0
        while state.next(now: .seconds(decided)) != nil, decided < 200 { decided += 1 }
        #expect(decided >= 20)
        // The scores one by one, whatever the filters say of the nodes.
        var cluster = ClusterState()
        for node in nodes { cluster.set(node) }
        for number in 0..<8 { cluster.place(PodInfo(try Self.pod("q\(number)", &random)), on: "n\(number % 4)") }
        let info = PodInfo(try Self.pod("scored", &random))
        #expect(NodeRanking.scores(info, cluster, feasible: Array(cluster.nodes)).count == 4)
    }

    @Test func budgetsAndVictims() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<200 {
            let pods = try (0..<4).map { PodInfo(try Self.pod("p\($0)", &random)) }
            let budget = try Fixture.read(
                PodDisruptionBudget.self,
                """
                {"metadata": {"name": "b", "namespace": "default"}, "spec": {"selector": {"matchLabels": {"a": "b"}}},
                 "status": {"disruptionsAllowed": \(Extremes.int32(&random))}}
                """)
            let split = DisruptionBudgets.split(pods, by: [budget])
            #expect(split.violating.count + split.others.count == 4)
            let one = Victims(node: "n", pods: pods, violations: 0)
            _ = one.isPreferable(to: Victims(node: "m", pods: pods.reversed(), violations: 0))
        }
    }
}
