import KubeAPI
import Testing

@testable import Controllers

/// A node falls silent: what the parts of the node lifecycle make of it together, second by second.
@Suite struct NodeFailureTests {
    private static let start = Timestamp(microseconds: 1_767_225_600_000_000)

    private static func node(_ name: String) -> Node {
        var node = Node(metadata: ObjectMeta(name: name))
        node.metadata.creationTimestamp = start.text()
        var condition = Condition("Ready", "True")
        condition.lastHeartbeatTime = start.text()
        node.conditions = [condition]
        return node
    }

    private static func tolerations() -> [Toleration] {
        [NodeTaints.notReady, NodeTaints.unreachable].map { key in
            var toleration = Toleration()
            toleration.key = key
            toleration.operator = "Exists"
            toleration.effect = Taint.Effect.noExecute.rawValue
            toleration.seconds = 300
            return toleration
        }
    }

    /// When what happened, in seconds.
    private struct Times: Equatable {
        var unknown: Int?
        var unschedulable: Int?
        var evicting: Int?
        var left: Int?
        var backReady: Int?
    }

    /// - Parameter silence: when the node `a` does not renew its lease.
    private static func run(silence: Range<Int>, until end: Int) -> Times {
        var (monitor, eviction) = (NodeMonitor(configuration: NodeLifecycleConfiguration()), TaintEviction())
        var nodes = ["a", "b", "c"].map(node)
        var leases: [String: Lease] = [:]
        var times = Times()
        for second in 0...end {
            let time = start + .seconds(second)
            for index in nodes.indices where second % 10 == 0 {
                let name = nodes[index].metadata.name
                guard name != "a" || !silence.contains(second) else { continue }
                var lease = Lease(metadata: ObjectMeta(name: name, namespace: "kube-node-lease"))
                lease.renewTime = time.text(microseconds: true)
                leases[name] = lease
                // A kubelet that comes back reports that it is ready.
                if nodes[index].readyCondition?.status != "True" {
                    nodes[index].conditions = [Condition("Ready", "True")]
                }
            }
            if second % 5 == 0 {
                let plan = monitor.check(nodes, leases: leases, now: .seconds(second), time: time)
                for (node, conditions) in plan.conditions {
                    guard let index = nodes.firstIndex(where: { $0.metadata.name == node.metadata.name }) else {
                        continue
                    }
                    nodes[index].conditions = conditions
                }
            }
            for index in nodes.indices {
                let verdict = monitor.eviction(of: nodes[index].metadata.name)
                nodes[index].taints = NodeTaints.wanted(nodes[index], verdict, time: time)
            }
            note(nodes[0], second, &times)
            let key = ObjectKey(namespace: "n", name: "pod")
            let step = eviction.step(key, tolerations(), nodes[0].evictionTaints, now: .seconds(second))
            if step == .leave, times.left == nil { times.left = second }
            for other in nodes.dropFirst() { #expect(other.taints.isEmpty, "second \(second)") }
        }
        return times
    }

    private static func note(_ node: Node, _ second: Int, _ times: inout Times) {
        if node.readyCondition?.status == "Unknown", times.unknown == nil { times.unknown = second }
        if node.readyCondition?.status == "True", times.unknown != nil, times.backReady == nil {
            times.backReady = second
        }
        if node.taints.contains(where: { $0.effect == .noSchedule }), times.unschedulable == nil {
            times.unschedulable = second
        }
        if !node.evictionTaints.isEmpty, times.evicting == nil { times.evicting = second }
    }

    @Test("Last heard of at 100 s: not ready after 40 s, at the next look, and its pods leave 300 s later")
    func failure() {
        let times = Self.run(silence: 101..<10_000, until: 600)
        // A look at 140 s finds 40 s of silence, which is not more than 40 s.
        #expect(times == Times(unknown: 145, unschedulable: 145, evicting: 150, left: 450, backReady: nil))
    }

    @Test("Nothing happens to a node that is silent for 40 s") func shortSilence() {
        #expect(Self.run(silence: 101..<140, until: 600) == Times())
    }

    @Test("A node that comes back in time keeps its pods") func comesBack() {
        let times = Self.run(silence: 101..<440, until: 900)
        #expect(times == Times(unknown: 145, unschedulable: 145, evicting: 150, left: nil, backReady: 440))
    }
}
