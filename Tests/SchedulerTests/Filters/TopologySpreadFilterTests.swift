import KubeAPI
import Testing

@testable import Scheduler

/// Zones a (a1, a2) and b (b1), and a node x without a zone.
@Suite struct TopologySpreadFilterTests {
    private static func nodes() throws -> [Node] {
        try ["a1", "a2", "b1"].map { try Fixture.node($0, ["zone": String($0.prefix(1))]) } + [try Fixture.node("x")]
    }

    private static func constraint(_ more: String = "", maxSkew: Int = 1, key: String = "zone") -> String {
        """
        {"topologySpreadConstraints": [{"maxSkew": \(maxSkew), "topologyKey": "\(key)", \
        "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {"matchLabels": {"app": "web"}}\(more)}]
        """
    }

    private static let web = #""labels": {"app": "web", "version": "1"}"#

    private func feasible(_ spec: String, _ placed: [String], metadata: String = web) throws -> [String] {
        let pods = try placed.enumerated().map { try Fixture.placed("w\($0)", on: $1, metadata: Self.web) }
        return Fixture.feasible(
            try Fixture.pod("p", spec, metadata: metadata), Fixture.cluster(try Self.nodes(), pods))
    }

    @Test(arguments: [
        ([], 1, ["a1", "a2", "b1"]), (["a1"], 1, ["b1"]), (["a1", "b1"], 1, ["a1", "a2", "b1"]),
        (["a1", "a2", "b1"], 1, ["b1"]), (["a1", "a1", "a2"], 2, ["b1"]), (["a1"], 2, ["a1", "a2", "b1"]),
    ] as [([String], Int, [String])]) func skew(_ placed: [String], _ maxSkew: Int, _ expected: [String]) throws {
        #expect(try feasible(Self.constraint(maxSkew: maxSkew) + "}", placed) == expected)
    }

    @Test func aPodThatDoesNotMatchItselfAddsNothing() throws {
        #expect(try feasible(Self.constraint() + "}", ["a1"], metadata: "").count == 3)
        #expect(try feasible(Self.constraint() + "}", ["a1", "a1"], metadata: "") == ["b1"])
    }

    @Test("With fewer domains than minDomains, the smallest counts as empty") func minDomains() throws {
        #expect(try feasible(Self.constraint(#", "minDomains": 3"#) + "}", ["a1", "b1"]) == [])
        #expect(try feasible(Self.constraint(#", "minDomains": 2"#) + "}", ["a1", "b1"]).count == 3)
        #expect(try feasible(Self.constraint(#", "minDomains": 3"#) + "}", []).count == 3)
    }

    @Test func nodesThatThePodCannotUseDoNotCount() throws {
        // Zone b is out by the selector, so that a is the only domain.
        let selector = #", "nodeSelector": {"zone": "a"}}"#
        #expect(try feasible(Self.constraint() + selector, ["a1", "a1"]) == ["a1", "a2"])
        let ignoring = Self.constraint(#", "nodeAffinityPolicy": "Ignore""#) + selector
        #expect(try feasible(ignoring, ["a1", "a1"]) == [])
    }

    @Test func taintedNodesCountUnlessHonored() throws {
        var nodes = try Self.nodes()
        nodes[2].taints = [Taint("k", "", .noSchedule)]
        let placed = try ["a1", "a1"].enumerated().map {
            try Fixture.placed("w\($0)", on: $1, metadata: Self.web)
        }
        let cluster = Fixture.cluster(nodes, placed)
        func feasible(_ more: String) throws -> [String] {
            Fixture.feasible(try Fixture.pod("p", Self.constraint(more) + "}", metadata: Self.web), cluster)
        }
        #expect(try feasible("") == [])
        #expect(try feasible(#", "nodeTaintsPolicy": "Honor""#) == ["a1", "a2"])
    }

    @Test func matchLabelKeysNarrowTheSelector() throws {
        let keys = Self.constraint(#", "matchLabelKeys": ["version"]"#) + "}"
        #expect(try feasible(keys, ["a1"]) == ["b1"])
        let other = #""labels": {"app": "web", "version": "2"}"#
        #expect(try feasible(keys, ["a1"], metadata: other) == ["a1", "a2", "b1"])
    }

    @Test func podsThatAreGoingDoNotCount() throws {
        var pod = try Fixture.placed("w", on: "a1", metadata: Self.web)
        pod.metadata.deletionTimestamp = "2026-01-01T00:00:00Z"
        let cluster = Fixture.cluster(try Self.nodes(), [pod])
        #expect(
            Fixture.feasible(try Fixture.pod("p", Self.constraint() + "}", metadata: Self.web), cluster).count == 3)
    }

    @Test func reasons() throws {
        let cluster = Fixture.cluster(
            try Self.nodes(), [try Fixture.placed("w", on: "a1", metadata: Self.web)])
        let info = PodInfo(try Fixture.pod("p", Self.constraint() + "}", metadata: Self.web))
        let filters = FilterSet(info, cluster)
        let missing = filters.rejection(of: try #require(cluster.node("x")))
        #expect(missing?.reasons == ["node(s) didn't match pod topology spread constraints (missing required label)"])
        #expect(missing?.isResolvable == false)
        let skewed = filters.rejection(of: try #require(cluster.node("a1")))
        #expect(skewed?.reasons == ["node(s) didn't match pod topology spread constraints"])
        #expect(skewed?.isResolvable == true)
    }
}
