import KubeAPI
import Testing

@testable import Scheduler

/// Each score by itself, as upstream's rules give it.
@Suite struct ScoreTests {
    private func scores<Score: NodeScore>(_ kind: Score.Type, _ pod: Pod, _ cluster: ClusterState) -> [Int64]? {
        guard let score = Score(PodInfo(pod), cluster, feasible: cluster.nodes) else { return nil }
        var scores = cluster.nodes.map(score.score)
        score.normalize(&scores, of: cluster.nodes)
        return scores
    }

    @Test func softTaints() throws {
        let taint = { (key: String) in Taint(key, "", .preferNoSchedule) }
        var nodes = try ["n0", "n1", "n2"].map { try Fixture.node($0) }
        nodes[1].taints = [taint("a")]
        nodes[2].taints = [taint("a"), taint("b"), Taint("c", "", .noExecute)]
        let cluster = Fixture.cluster(nodes)
        #expect(scores(TaintScore.self, try Fixture.pod("p"), cluster) == [100, 50, 0])
        let tolerant = try Fixture.pod("p", #"{"tolerations": [{"key": "b", "operator": "Exists"}]}"#)
        #expect(scores(TaintScore.self, tolerant, cluster) == [100, 0, 0])
    }

    @Test func preferredNodes() throws {
        let cluster = Fixture.cluster([
            try Fixture.node("n0", ["a": "1", "b": "1"]), try Fixture.node("n1", ["a": "1"]), try Fixture.node("n2"),
        ])
        let pod = try Fixture.pod(
            "p",
            """
            {"affinity": {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [
              {"weight": 10, "preference": {"matchExpressions": [{"key": "a", "operator": "Exists"}]}},
              {"weight": 30, "preference": {"matchExpressions": [{"key": "b", "operator": "Exists"}]}}]}}}
            """)
        #expect(scores(NodeAffinityScore.self, pod, cluster) == [100, 25, 0])
        #expect(scores(NodeAffinityScore.self, try Fixture.pod("p"), cluster) == nil)
    }

    @Test(arguments: [
        // (4000 - 1000) / 4000 and (8 - 4) / 8 Gi; a pod that asks for nothing counts as 100m and 200 MiB.
        (#""cpu": "1", "memory": "4Gi""#, Int64((75 + 50) / 2)), ("", Int64((97 + 97) / 2)),
        (#""cpu": "4", "memory": "8Gi""#, Int64(0)),
    ]) func leastAllocated(_ requests: String, _ expected: Int64) throws {
        let pod = try Fixture.pod("p", #"{"containers": [{"resources": {"requests": {\#(requests)}}}]}"#)
        #expect(scores(LeastAllocatedScore.self, pod, Fixture.cluster([try Fixture.node("n")])) == [expected])
    }

    @Test func leastAllocatedCountsWhatIsThere() throws {
        let placed = try Fixture.placed("u", on: "n", Fixture.requests("2"))
        let pod = try Fixture.pod("p", Fixture.requests("1"))
        // cpu: 1 of 4 left; memory: 400 MiB of 8 GiB taken, as neither says.
        let cluster = Fixture.cluster([try Fixture.node("n")], [placed])
        #expect(scores(LeastAllocatedScore.self, pod, cluster) == [(25 + 95) / 2])
    }

    @Test func balance() throws {
        let cluster = Fixture.cluster([try Fixture.node("n")])
        func score(_ requests: String) throws -> [Int64]? {
            let pod = try Fixture.pod("p", #"{"containers": [{"resources": {"requests": {\#(requests)}}}]}"#)
            return scores(BalancedAllocationScore.self, pod, cluster)
        }
        #expect(try score(#""cpu": "2", "memory": "4Gi""#) == [100])
        #expect(try score(#""cpu": "4""#) == [50])
        #expect(try score(#""cpu": "1", "memory": "4Gi""#) == [87])
        #expect(try score("") == nil)
    }

    @Test func preferredPods() throws {
        let labels = { (zone: String) in ["zone": zone] }
        let web = #""labels": {"app": "web"}"#
        let nodes = [
            try Fixture.node("n0", labels("a")), try Fixture.node("n1", labels("b")), try Fixture.node("n2"),
        ]
        let cluster = Fixture.cluster(nodes, [try Fixture.placed("w", on: "n0", metadata: web)])
        func spec(_ kind: String) -> String {
            """
            {"affinity": {"\(kind)": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 7, \
            "podAffinityTerm": {"labelSelector": {"matchLabels": {"app": "web"}}, "topologyKey": "zone"}}]}}}
            """
        }
        #expect(scores(PodAffinityScore.self, try Fixture.pod("p", spec("podAffinity")), cluster) == [100, 0, 0])
        #expect(scores(PodAffinityScore.self, try Fixture.pod("p", spec("podAntiAffinity")), cluster) == [0, 100, 100])
        #expect(scores(PodAffinityScore.self, try Fixture.pod("p"), cluster) == nil)
        // The wishes of pods that are there count as much.
        let there = Fixture.cluster(nodes, [try Fixture.placed("u", on: "n1", spec("podAffinity"))])
        #expect(scores(PodAffinityScore.self, try Fixture.pod("p", metadata: web), there) == [0, 100, 0])
    }

    @Test func preferredSpreading() throws {
        let nodes = try ["a1", "a2", "b1"].map { try Fixture.node($0, ["zone": String($0.prefix(1))]) }
        let web = #""labels": {"app": "web"}"#
        let placed = try ["a1", "a1", "b1"].enumerated().map { try Fixture.placed("w\($0)", on: $1, metadata: web) }
        let cluster = Fixture.cluster(nodes, placed)
        let pod = try Fixture.pod(
            "p",
            """
            {"topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": \
            "ScheduleAnyway", "labelSelector": {"matchLabels": {"app": "web"}}}]}
            """, metadata: web)
        // Two zones: log(4) for each pod, rounded: 3, 3, 1. Then 100 * (3 + 1 - score) / 3.
        #expect(scores(TopologySpreadScore.self, pod, cluster) == [33, 33, 100])
        #expect(scores(TopologySpreadScore.self, try Fixture.pod("p"), cluster) == nil)
    }

    @Test("Pods of a ReplicaSet are spread without being told") func defaultSpreading() throws {
        let owner = #""ownerReferences": [{"kind": "ReplicaSet", "name": "r", "uid": "r", "controller": true}]"#
        let nodes = try ["n0", "n1"].map { try Fixture.node($0) }
        let cluster = Fixture.cluster(nodes, [try Fixture.placed("w", on: "n0", metadata: owner)])
        let scores = try #require(scores(TopologySpreadScore.self, try Fixture.pod("p", metadata: owner), cluster))
        #expect(scores[0] < scores[1])
    }
}
