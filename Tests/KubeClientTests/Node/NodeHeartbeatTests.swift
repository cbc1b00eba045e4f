import JSONStream
import KubeAPI
import Testing

@testable import KubeClient

@Suite struct NodeHeartbeatTests {
    private struct Reported: ReportedNode {
        let name = "node-1"
        let object: JSONValue = ["metadata": ["name": "node-1", "labels": ["a": "b"]]]
        func status(_ old: Node?, time: Timestamp) -> JSONValue { [:] }
    }

    private static func node(ready: String? = "True", labels: [String: String] = ["a": "b"]) -> Node {
        var node = Node(metadata: ObjectMeta(name: "node-1"))
        node.metadata.labels = labels
        if let ready { node.conditions = [Condition("Ready", ready)] }
        return node
    }

    @Test func beats() {
        var beat = NodeHeartbeat(Reported())
        func steps(_ node: Node?, _ seconds: Int, stopped: Bool = false) -> [NodeHeartbeat.Step] {
            let now = Duration.seconds(seconds)
            let steps = beat.steps(node, isStopped: stopped, now: now)
            for step in steps { beat.done(step, now: now) }
            return steps
        }
        #expect(steps(nil, 0) == [.register])
        #expect(steps(Self.node(ready: nil), 0) == [.renew, .report])
        #expect(steps(Self.node(), 9) == [])
        #expect(steps(Self.node(), 10) == [.renew])
        // Somebody thinks that it is silent.
        #expect(steps(Self.node(ready: "Unknown"), 12) == [.report])
        #expect(steps(Self.node(), 30, stopped: true) == [])
        #expect(steps(Self.node(ready: "Unknown"), 31) == [.renew, .report])
        #expect(steps(Self.node(), 331) == [.renew, .report])
        // Whoever removes the Node does not want it back.
        #expect(steps(nil, 400) == [])
    }

    @Test("A Node of an older start gets the labels that it lacks, once")
    func labels() {
        var beat = NodeHeartbeat(Reported())
        #expect(beat.steps(Self.node(labels: [:]), now: .zero).first == .label)
        beat.done(.label, now: .zero)
        #expect(!beat.steps(Self.node(labels: [:]), now: .zero).contains(.label))
    }

    @Test("A heartbeat moves on with each report, a transition only with the status")
    func conditionTimes() {
        let ready = Condition("Ready", "True")
        let first = ready.reported(over: nil, at: Timestamp(microseconds: 0))
        let second = ready.reported(over: first, at: Timestamp(microseconds: 60_000_000))
        #expect(first.lastTransitionTime == "1970-01-01T00:00:00Z")
        #expect(second.lastTransitionTime == first.lastTransitionTime)
        #expect(second.lastHeartbeatTime == "1970-01-01T00:01:00Z")
    }
}
