import KubeAPI
import Testing

@testable import Controllers

@Suite struct PodGarbageTests {
    private func pod(_ name: String, on node: String = "", phase: String = "Running", deleted: Bool = false) -> Pod {
        var pod = Pod(metadata: ObjectMeta(name: name, namespace: "default"))
        pod.spec.nodeName = node
        pod.status.phase = phase
        pod.metadata.creationTimestamp = "2026-01-01T00:00:0\(name.last ?? "0")Z"
        if deleted { pod.metadata.deletionTimestamp = "2026-01-01T00:00:00Z" }
        return pod
    }

    private func names(_ items: [PodGarbage.Item]) -> [String] {
        items.map { "\($0.pod.metadata.name) \($0.reason)" }
    }

    @Test func nodesMustBeMissingForAWhile() {
        var garbage = PodGarbage(threshold: 0)
        let pods = [pod("p1", on: "gone"), pod("p2", on: "n")]
        let nodes = [Node(metadata: ObjectMeta(name: "n"))]
        #expect(names(garbage.collect(pods, nodes, now: .zero)) == [])
        #expect(names(garbage.collect(pods, nodes, now: .seconds(39))) == [])
        #expect(names(garbage.collect(pods, nodes, now: .seconds(40))) == ["p1 orphaned"])
        // It comes back: the time begins anew.
        let all = nodes + [Node(metadata: ObjectMeta(name: "gone"))]
        #expect(names(garbage.collect(pods, all, now: .seconds(41))) == [])
        #expect(names(garbage.collect(pods, nodes, now: .seconds(50))) == [])
    }

    @Test func theOldestOfTooManyThatEnded() {
        var garbage = PodGarbage(threshold: 2)
        var evicted = pod("p4", phase: "Failed")
        evicted.status.reason = "Evicted"
        let pods = [pod("p3", phase: "Succeeded"), pod("p1", phase: "Failed"), evicted, pod("p2", phase: "Failed"), pod("p5")]
        #expect(names(garbage.collect(pods, [], now: .zero)) == ["p4 terminated", "p1 terminated"])
    }

    @Test func podsThatNobodyFinishes() {
        var garbage = PodGarbage(threshold: 0)
        var node = Node(metadata: ObjectMeta(name: "n"))
        let pods = [pod("p1", deleted: true), pod("p2", on: "n", deleted: true)]
        #expect(names(garbage.collect(pods, [node], now: .zero)) == ["p1 unscheduled"])
        node.taints = [Taint("node.kubernetes.io/out-of-service", "", .noExecute)]
        #expect(names(garbage.collect(pods, [node], now: .zero)) == ["p1 unscheduled", "p2 outOfService"])
    }
}
