import KubeAPI
import Testing

@testable import Scheduler

/// Two zones of two nodes: a1, a2 and b1, b2.
@Suite struct PodAffinityFilterTests {
    private static let web = #""labels": {"app": "web"}"#

    private static func nodes() throws -> [Node] {
        try ["a1", "a2", "b1", "b2"].map { try Fixture.node($0, ["zone": String($0.prefix(1))]) }
    }

    private static func term(
        _ kind: String, app: String = "web", key: String = "zone", more: String = ""
    ) -> String {
        """
        {"affinity": {"\(kind)": {"requiredDuringSchedulingIgnoredDuringExecution": [{"labelSelector": \
        {"matchLabels": {"app": "\(app)"}}, "topologyKey": "\(key)"\(more)}]}}}
        """
    }

    private func feasible(_ pod: Pod, _ placed: [Pod] = []) throws -> [String] {
        Fixture.feasible(pod, Fixture.cluster(try Self.nodes(), placed))
    }

    @Test func affinityBindsToTheTopology() throws {
        let placed = [try Fixture.placed("web", on: "a1", metadata: Self.web)]
        #expect(try feasible(Fixture.pod("p", Self.term("podAffinity")), placed) == ["a1", "a2"])
        let host = Self.term("podAffinity", key: "kubernetes.io/hostname")
        #expect(try feasible(Fixture.pod("p", host), placed) == ["a1"])
        #expect(try feasible(Fixture.pod("p", Self.term("podAffinity", app: "db")), placed) == [])
        #expect(try feasible(Fixture.pod("p", Self.term("podAffinity", key: "rack")), placed) == [])
    }

    @Test("The first pod of a group may go anywhere the label is") func firstOfGroup() throws {
        let first = try Fixture.pod("p", Self.term("podAffinity"), metadata: Self.web)
        #expect(try feasible(first) == ["a1", "a2", "b1", "b2"])
        #expect(try feasible(first, [Fixture.placed("web", on: "b1", metadata: Self.web)]) == ["b1", "b2"])
        let stranger = try Fixture.pod("p", Self.term("podAffinity"))
        #expect(try feasible(stranger) == [])
        let noRack = try Fixture.pod("p", Self.term("podAffinity", key: "rack"), metadata: Self.web)
        #expect(try feasible(noRack) == [])
    }

    @Test func antiAffinityKeepsAway() throws {
        let placed = [try Fixture.placed("web", on: "a1", metadata: Self.web)]
        #expect(try feasible(Fixture.pod("p", Self.term("podAntiAffinity")), placed) == ["b1", "b2"])
        let host = Self.term("podAntiAffinity", key: "kubernetes.io/hostname")
        #expect(try feasible(Fixture.pod("p", host), placed) == ["a2", "b1", "b2"])
        // A node without the label is in no topology, so nobody is near there.
        let rack = Self.term("podAntiAffinity", key: "rack")
        #expect(try feasible(Fixture.pod("p", rack), placed).count == 4)
    }

    @Test("Pods that are there keep others away, too") func existingAntiAffinity() throws {
        let placed = [try Fixture.placed("shy", on: "a1", Self.term("podAntiAffinity"))]
        #expect(try feasible(Fixture.pod("p", metadata: Self.web), placed) == ["b1", "b2"])
        #expect(try feasible(Fixture.pod("p"), placed).count == 4)
    }

    @Test(arguments: [
        ("", "other", 4), (#", "namespaces": ["other"]"#, "other", 2), (#", "namespaceSelector": {}"#, "other", 2),
        (#", "namespaceSelector": {"matchLabels": {"team": "x"}}"#, "other", 2),
        (#", "namespaceSelector": {"matchLabels": {"team": "y"}}"#, "other", 4),
        (#", "namespaceSelector": {"matchLabels": {"team": "x"}}"#, "default", 4), ("", "default", 2),
    ]) func namespaces(_ more: String, _ namespace: String, _ expected: Int) throws {
        var web = try Fixture.placed("web", on: "a1", metadata: Self.web)
        web.metadata.namespace = namespace
        var cluster = Fixture.cluster(try Self.nodes(), [web])
        cluster.setNamespace("other", labels: ["team": "x"])
        let pod = try Fixture.pod("p", Self.term("podAntiAffinity", more: more))
        #expect(Fixture.feasible(pod, cluster).count == expected)
    }

    @Test func reasonsSayWhoObjects() throws {
        let placed = [
            try Fixture.placed("web", on: "a1", metadata: Self.web),
            try Fixture.placed("shy", on: "b1", Self.term("podAntiAffinity", app: "p")),
        ]
        let cluster = Fixture.cluster(try Self.nodes(), placed)
        func reason(_ spec: String, _ node: String) throws -> Rejection? {
            let info = PodInfo(try Fixture.pod("p", spec, metadata: #""labels": {"app": "p"}"#))
            return FilterSet(info, cluster).rejection(of: try #require(cluster.node(node)))
        }
        let affinity = try reason(Self.term("podAffinity"), "b2")
        #expect(affinity?.reasons == ["node(s) didn't match pod affinity rules"] && affinity?.isResolvable == false)
        let anti = try reason(Self.term("podAntiAffinity"), "a2")
        #expect(anti?.reasons == ["node(s) didn't match pod anti-affinity rules"] && anti?.isResolvable == true)
        let existing = try reason("{}", "b2")
        #expect(existing?.reasons == ["node(s) didn't satisfy existing pods anti-affinity rules"])
        #expect(existing?.isResolvable == true)
    }
}
