import KubeAPI
import Testing

@testable import Controllers

@Suite struct NodeTaintsTests {
    private static let time = Timestamp(microseconds: 1_767_225_600_000_000)

    private func keys(
        _ conditions: [(String, String)], _ taints: [Taint] = [], _ eviction: NodeTaints.Eviction = .keep,
        unschedulable: Bool = false
    ) -> [String] {
        var node = Node(metadata: ObjectMeta(name: "n"), taints: taints)
        node.conditions = conditions.map { Condition($0.0, $0.1) }
        node.isUnschedulable = unschedulable
        return NodeTaints.wanted(node, eviction, time: Self.time).map { taint in
            "\(taint.key.split(separator: "/").last ?? ""):\(taint.effect.rawValue)"
        }
    }

    @Test(arguments: [
        ("Ready", "True", []), ("Ready", "False", ["not-ready:NoSchedule"]),
        ("Ready", "Unknown", ["unreachable:NoSchedule"]), ("MemoryPressure", "True", ["memory-pressure:NoSchedule"]),
        ("DiskPressure", "True", ["disk-pressure:NoSchedule"]), ("PIDPressure", "True", ["pid-pressure:NoSchedule"]),
        ("NetworkUnavailable", "True", ["network-unavailable:NoSchedule"]), ("MemoryPressure", "Unknown", []),
    ] as [(String, String, [String])]) func conditions(_ type: String, _ status: String, _ expected: [String]) {
        #expect(keys([(type, status)]) == expected)
    }

    @Test func cordons() {
        #expect(keys([], unschedulable: true) == ["unschedulable:NoSchedule"])
        #expect(keys([], [Taint(NodeTaints.unschedulable, "", .noSchedule)]) == [])
    }

    @Test func evictionFollowsTheCondition() {
        let unreachable = Taint(NodeTaints.unreachable, "", .noExecute, timeAdded: "2026-01-01T00:00:00Z")
        #expect(keys([("Ready", "Unknown")], [], .add) == ["unreachable:NoSchedule", "unreachable:NoExecute"])
        #expect(keys([("Ready", "False")], [], .add) == ["not-ready:NoSchedule", "not-ready:NoExecute"])
        #expect(keys([("Ready", "Unknown")], [], .keep) == ["unreachable:NoSchedule"])
        #expect(keys([("Ready", "False")], [unreachable], .keep) == ["not-ready:NoSchedule", "not-ready:NoExecute"])
        #expect(keys([("Ready", "True")], [unreachable], .add) == [])
        #expect(keys([("Ready", "Unknown")], [unreachable], .remove) == ["unreachable:NoSchedule"])
    }

    @Test func othersTaintsStay() {
        let own = Taint("own", "v", .noExecute)
        #expect(keys([("Ready", "True")], [own, Taint(NodeTaints.notReady, "", .noSchedule)]) == ["own:NoExecute"])
    }

    @Test func whatIsThereKeepsItsTime() {
        var node = Node(metadata: ObjectMeta(name: "n"))
        node.conditions = [Condition("Ready", "Unknown")]
        node.taints = [Taint(NodeTaints.unreachable, "", .noSchedule, timeAdded: "2025-01-01T00:00:00Z")]
        let wanted = NodeTaints.wanted(node, .add, time: Self.time)
        #expect(wanted.map(\.timeAdded) == ["2025-01-01T00:00:00Z", Self.time.text()])
        node.taints = wanted
        #expect(NodeTaints.wanted(node, .add, time: Self.time + .seconds(9)) == wanted)
    }
}
