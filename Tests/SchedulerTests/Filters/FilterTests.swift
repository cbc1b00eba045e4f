import KubeAPI
import Testing

@testable import Scheduler

/// Each filter by itself: one pod, one node, and what users are told.
@Suite struct FilterTests {
    struct Case: Sendable, CustomStringConvertible {
        var description: String
        var pod: String
        var node: String = "{}"
        var labels: [String: String] = [:]
        /// Nil: the pod can go there.
        var reasons: [String]?
        var isResolvable = false
    }

    private static let tainted = #"{"taints": [{"key": "k", "value": "v", "effect": "NoSchedule"}]}"#
    private static let untolerated = ["node(s) had untolerated taint(s)"]
    private static let mismatch = ["node(s) didn't match Pod's node affinity/selector"]

    static let nodeCases: [Case] = [
        Case(description: "a plain node", pod: "{}"),
        Case(
            description: "a cordoned node", pod: "{}", node: #"{"unschedulable": true}"#,
            reasons: ["node(s) were unschedulable"]),
        Case(
            description: "a cordoned node, tolerated",
            pod: #"{"tolerations": [{"key": "node.kubernetes.io/unschedulable", "operator": "Exists"}]}"#,
            node: #"{"unschedulable": true}"#),
        Case(
            description: "another node is named", pod: #"{"nodeName": "other"}"#,
            reasons: ["node(s) didn't match the requested node name"]),
        Case(description: "this node is named", pod: #"{"nodeName": "n"}"#),
        Case(description: "a taint", pod: "{}", node: tainted, reasons: untolerated),
        Case(
            description: "a taint, tolerated by value", pod: #"{"tolerations": [{"key": "k", "value": "v"}]}"#,
            node: tainted),
        Case(
            description: "a taint, another value tolerated", pod: #"{"tolerations": [{"key": "k", "value": "w"}]}"#,
            node: tainted, reasons: untolerated),
        Case(
            description: "a taint, tolerated for another effect",
            pod: #"{"tolerations": [{"key": "k", "operator": "Exists", "effect": "NoExecute"}]}"#, node: tainted,
            reasons: untolerated),
        Case(description: "everything tolerated", pod: #"{"tolerations": [{"operator": "Exists"}]}"#, node: tainted),
        Case(
            description: "a soft taint", pod: "{}",
            node: #"{"taints": [{"key": "k", "effect": "PreferNoSchedule"}]}"#),
        Case(
            description: "a node selector", pod: #"{"nodeSelector": {"disk": "ssd"}}"#, labels: ["disk": "ssd"]),
        Case(
            description: "a node selector that does not match", pod: #"{"nodeSelector": {"disk": "ssd"}}"#,
            labels: ["disk": "hdd"], reasons: mismatch),
        Case(
            description: "node affinity, terms are alternatives",
            pod: affinity(#"{"matchExpressions": [{"key": "a", "operator": "Exists"}]}, {"matchExpressions": [{"key": "b", "operator": "Gt", "values": ["3"]}]}"#),
            labels: ["b": "4"]),
        Case(
            description: "node affinity, expressions of a term are all needed",
            pod: affinity(#"{"matchExpressions": [{"key": "a", "operator": "Exists"}, {"key": "b", "operator": "NotIn", "values": ["4"]}]}"#),
            labels: ["a": "", "b": "4"], reasons: mismatch),
        Case(description: "node affinity, an empty term", pod: affinity("{}"), reasons: mismatch),
        Case(
            description: "node affinity, named",
            pod: affinity(#"{"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["n"]}]}"#)),
        Case(
            description: "node affinity, another one named",
            pod: affinity(#"{"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["m"]}]}"#),
            reasons: ["node(s) didn't satisfy plugin(s) [NodeAffinity]"]),
    ]

    private static func affinity(_ terms: String) -> String {
        """
        {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": \
        {"nodeSelectorTerms": [\(terms)]}}}}
        """
    }

    @Test(arguments: nodeCases) func nodes(_ given: Case) throws {
        let node = try Fixture.node("n", given.labels, spec: given.node)
        let cluster = Fixture.cluster([node])
        let info = PodInfo(try Fixture.pod("p", given.pod))
        let rejection = FilterSet(info, cluster).rejection(of: try #require(cluster.node("n")))
        #expect(rejection?.reasons == given.reasons)
        if let rejection { #expect(rejection.isResolvable == given.isResolvable) }
    }

    struct ResourceCase: Sendable {
        var requests: String
        var used: [String]
        var pods = 10
        var reasons: [String]?
        var isResolvable = true
    }

    @Test(arguments: [
        ResourceCase(requests: #""cpu": "1""#, used: [#""cpu": "3""#]),
        ResourceCase(requests: #""cpu": "1001m""#, used: [#""cpu": "3""#], reasons: ["Insufficient cpu"]),
        ResourceCase(
            requests: #""cpu": "5", "memory": "1Gi""#, used: [], reasons: ["Insufficient cpu"], isResolvable: false),
        ResourceCase(
            requests: #""cpu": "2", "memory": "8Gi""#, used: [#""cpu": "3", "memory": "1""#],
            reasons: ["Insufficient cpu", "Insufficient memory"]),
        ResourceCase(requests: #""example.com/gpu": "2""#, used: []),
        ResourceCase(
            requests: #""example.com/gpu": "2""#, used: [#""example.com/gpu": "1""#],
            reasons: ["Insufficient example.com/gpu"]),
        ResourceCase(
            requests: #""example.com/fpga": "1""#, used: [], reasons: ["Insufficient example.com/fpga"],
            isResolvable: false),
        ResourceCase(
            requests: #""ephemeral-storage": "1Gi""#, used: [], reasons: ["Insufficient ephemeral-storage"],
            isResolvable: false),
        ResourceCase(requests: "", used: ["", ""], pods: 2, reasons: ["Too many pods"]),
        // Nothing is asked for: a node that is overfull already takes it all the same.
        ResourceCase(requests: "", used: [#""cpu": "9""#]),
    ]) func resources(_ given: ResourceCase) throws {
        func spec(_ requests: String) -> String { #"{"containers": [{"resources": {"requests": {\#(requests)}}}]}"# }
        let node = try Fixture.node("n", pods: given.pods, more: #""example.com/gpu": "2""#)
        let placed = try given.used.enumerated().map { try Fixture.placed("u\($0)", on: "n", spec($1)) }
        let cluster = Fixture.cluster([node], placed)
        let info = PodInfo(try Fixture.pod("p", spec(given.requests)))
        let rejection = FilterSet(info, cluster).rejection(of: try #require(cluster.node("n")))
        #expect(rejection?.reasons == given.reasons)
        if let rejection { #expect(rejection.isResolvable == given.isResolvable) }
    }

    @Test(arguments: [
        (#"{"hostPort": 80}"#, #"{"hostPort": 80}"#, false),
        (#"{"hostPort": 80}"#, #"{"hostPort": 81}"#, true),
        (#"{"hostPort": 80}"#, #"{"hostPort": 80, "protocol": "UDP"}"#, true),
        (#"{"hostPort": 80, "hostIP": "10.0.0.1"}"#, #"{"hostPort": 80, "hostIP": "10.0.0.2"}"#, true),
        (#"{"hostPort": 80, "hostIP": "10.0.0.1"}"#, #"{"hostPort": 80, "hostIP": "10.0.0.1"}"#, false),
        (#"{"hostPort": 80, "hostIP": "10.0.0.1"}"#, #"{"hostPort": 80}"#, false),
        (#"{"hostPort": 80, "hostIP": "0.0.0.0"}"#, #"{"hostPort": 80, "hostIP": "10.0.0.2"}"#, false),
        (#"{"containerPort": 80}"#, #"{"containerPort": 80}"#, true),
    ]) func hostPorts(_ first: String, _ second: String, _ isFree: Bool) throws {
        func spec(_ port: String) -> String { #"{"containers": [{"ports": [\#(port)]}]}"# }
        let cluster = Fixture.cluster(
            [try Fixture.node("n")], [try Fixture.placed("u", on: "n", spec(first))])
        let info = PodInfo(try Fixture.pod("p", spec(second)))
        let rejection = FilterSet(info, cluster).rejection(of: try #require(cluster.node("n")))
        #expect((rejection == nil) == isFree)
        if let rejection {
            #expect(rejection.reasons == ["node(s) didn't have free ports for the requested pod ports"])
            #expect(rejection.isResolvable)
        }
    }
}
