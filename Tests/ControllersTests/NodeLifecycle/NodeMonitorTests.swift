import KubeAPI
import Testing

@testable import Controllers

@Suite struct NodeMonitorTests {
    private static let start = Timestamp(microseconds: 1_767_225_600_000_000)

    private static func node(_ name: String, ready: String? = "True", zone: String = "a") -> Node {
        var node = Node(metadata: ObjectMeta(name: name))
        node.metadata.labels[Node.zoneLabel] = zone
        node.metadata.creationTimestamp = start.text()
        if let ready {
            var condition = Condition("Ready", ready)
            condition.lastHeartbeatTime = start.text()
            node.conditions = [condition]
        }
        return node
    }

    private static func lease(_ name: String, renewed seconds: Int) -> Lease {
        var lease = Lease(metadata: ObjectMeta(name: name, namespace: "kube-node-lease"))
        lease.renewTime = (start + .seconds(seconds)).text(microseconds: true)
        return lease
    }

    /// A monitor and the nodes that it writes to.
    private struct World {
        var monitor = NodeMonitor(configuration: NodeLifecycleConfiguration())
        var nodes: [Node]
        var leases: [String: Lease] = [:]

        @discardableResult
        mutating func look(_ seconds: Int) -> NodeMonitor.Plan {
            let plan = monitor.check(
                nodes, leases: leases, now: .seconds(seconds), time: NodeMonitorTests.start + .seconds(seconds))
            for (node, conditions) in plan.conditions {
                guard let index = nodes.firstIndex(where: { $0.metadata.name == node.metadata.name }) else { continue }
                let types = Set(conditions.map(\.type))
                nodes[index].conditions = nodes[index].conditions.filter { !types.contains($0.type) } + conditions
            }
            return plan
        }

        func status(_ name: String) -> String? {
            nodes.first { $0.metadata.name == name }?.readyCondition?.status
        }
    }

    @Test(arguments: [(39, false), (40, false), (41, true)])
    func silenceOfTheGracePeriod(_ seconds: Int, _ isSilent: Bool) {
        var world = World(nodes: [Self.node("n")])
        #expect(world.look(0).registered.map(\.metadata.name) == ["n"])
        let plan = world.look(seconds)
        #expect(plan.conditions.count == (isSilent ? 1 : 0))
        #expect(plan.unreachable == (isSilent ? ["n"] : []))
        guard isSilent else { return }
        let ready = plan.conditions[0].conditions.first { $0.type == "Ready" }
        #expect(ready?.status == "Unknown" && ready?.reason == "NodeStatusUnknown")
        #expect(ready?.message == "Kubelet stopped posting node status.")
        #expect(ready?.lastTransitionTime == (Self.start + .seconds(seconds)).text())
        let memory = plan.conditions[0].conditions.first { $0.type == "MemoryPressure" }
        #expect(memory?.reason == "NodeStatusNeverUpdated")
        #expect(memory?.message == "Kubelet never posted node status.")
        // Said once, not again and again.
        #expect(world.look(seconds + 5).conditions.isEmpty)
    }

    @Test func leasesAreHeartbeats() {
        var world = World(nodes: [Self.node("n")])
        world.look(0)
        world.leases["n"] = Self.lease("n", renewed: 35)
        world.look(38)
        // Counted from when it was seen, by the own clock.
        #expect(world.look(78).conditions.isEmpty)
        #expect(world.look(79).conditions.count == 1)
    }

    @Test func statusesAreHeartbeats() {
        var world = World(nodes: [Self.node("n")])
        world.look(0)
        world.nodes[0].conditions[0].lastHeartbeatTime = (Self.start + .seconds(30)).text()
        world.look(30)
        #expect(world.look(70).conditions.isEmpty)
        #expect(world.look(71).conditions.count == 1)
    }

    @Test(arguments: [(60, false), (61, true)])
    func aNodeThatNeverSpokeHasLonger(_ seconds: Int, _ isSilent: Bool) {
        var world = World(nodes: [Self.node("n", ready: nil)])
        world.look(0)
        #expect(world.look(seconds).conditions.isEmpty != isSilent)
    }

    @Test func podsOfOneNodeAfterTheOther() {
        var world = World(nodes: ["a", "b", "c", "d", "e"].map { Self.node($0) })
        world.look(0)
        for index in 0..<3 { world.leases[world.nodes[index + 2].metadata.name] = Self.lease("x", renewed: 41) }
        world.look(41)
        #expect(world.status("a") == "Unknown" && world.status("c") == "True")
        let first = world.look(46)
        #expect(first.changed == ["a"])
        #expect(world.monitor.eviction(of: "a") == .add && world.monitor.eviction(of: "b") == .keep)
        // One in ten seconds.
        #expect(world.look(51).changed == [])
        #expect(world.look(56).changed == ["b"])
        // It speaks again.
        world.nodes[0].conditions = [Condition("Ready", "True")]
        #expect(world.look(61).changed == ["a"] && world.monitor.eviction(of: "a") == .keep)
    }

    @Test("Where no node at all is ready, it is not the nodes that failed") func allSilent() {
        var world = World(nodes: [Self.node("a"), Self.node("b", zone: "b")])
        world.look(0)
        #expect(world.look(41).changed == ["a", "b"])
        #expect(world.look(100).changed == [])
        #expect(world.monitor.eviction(of: "a") == .remove)
        // One is heard again: the other has its grace period anew, but is not ready meanwhile.
        world.nodes[0].conditions = [Condition("Ready", "True")]
        world.look(200)
        #expect(world.monitor.eviction(of: "b") != .remove)
    }

    @Test func aSingleZoneMayFail() {
        var world = World(nodes: [Self.node("a"), Self.node("b", zone: "b")])
        world.look(0)
        for second in stride(from: 10, through: 60, by: 10) {
            world.leases["a"] = Self.lease("a", renewed: second)
            world.look(second)
        }
        #expect(world.status("b") == "Unknown" && world.monitor.eviction(of: "b") == .add)
    }

    @Test(arguments: [
        (3, 0, .normal), (0, 1, .fullDisruption), (1, 2, .normal), (2, 3, .partialDisruption), (5, 4, .normal),
    ] as [(Int, Int, ZoneEvictions.State)])
    func zoneStates(_ ready: Int, _ notReady: Int, _ expected: ZoneEvictions.State) {
        #expect(ZoneEvictions.state(ready: ready, notReady: notReady, threshold: 0.55) == expected)
    }

    @Test func nodesThatAreGoneAreForgotten() {
        var world = World(nodes: [Self.node("a"), Self.node("b")])
        world.look(0)
        world.nodes.removeLast()
        #expect(world.look(5).removed == ["b"])
        world.nodes.append(Self.node("b"))
        #expect(world.look(10).registered.map(\.metadata.name) == ["b"])
    }
}
