import JSONStream
import KubeAPI
import Testing

@testable import Controllers

@Suite struct TaintEvictionTests {
    private let key = ObjectKey(namespace: "n", name: "p")
    private let unreachable = Taint(NodeTaints.unreachable, "", .noExecute)

    private func tolerations(_ seconds: Int64?...) -> [Toleration] {
        seconds.map {
            var toleration = Toleration()
            toleration.key = NodeTaints.unreachable
            toleration.operator = "Exists"
            toleration.seconds = $0
            return toleration
        }
    }

    private func step(
        _ state: inout TaintEviction, _ tolerations: [Toleration], _ taints: [Taint], _ now: Duration
    ) -> TaintEviction.Step { state.step(key, tolerations, taints, now: now) }

    @Test(arguments: [(299, false), (300, true), (301, true)])
    func theDefaultIsThreeHundredSeconds(_ seconds: Int, _ leaves: Bool) {
        var state = TaintEviction()
        #expect(step(&state, tolerations(300), [unreachable], .seconds(5)) == .wait(until: .seconds(305)))
        let next = step(&state, tolerations(300), [unreachable], .seconds(5 + seconds))
        #expect(next == (leaves ? .leave : .wait(until: .seconds(305))))
    }

    @Test func whoDoesNotTolerateLeavesAtOnce() {
        var state = TaintEviction()
        #expect(step(&state, [], [unreachable], .zero) == .leave)
        #expect(step(&state, tolerations(0), [unreachable], .zero) == .leave)
        #expect(step(&state, tolerations(-5), [unreachable], .zero) == .leave)
    }

    @Test func whoToleratesForEverStays() {
        var state = TaintEviction()
        #expect(step(&state, tolerations(nil), [unreachable], .zero) == .stay)
        // The first that fits counts.
        #expect(step(&state, tolerations(nil, 5), [unreachable], .zero) == .stay)
    }

    @Test func theShortestPatienceCounts() {
        var state = TaintEviction()
        var other = tolerations(10)
        other[0].key = "other"
        let taints = [unreachable, Taint("other", "", .noExecute)]
        #expect(step(&state, tolerations(300) + other, taints, .zero) == .wait(until: .seconds(10)))
    }

    @Test func aTaintThatGoesEndsIt() {
        var state = TaintEviction()
        _ = step(&state, tolerations(300), [unreachable], .zero)
        #expect(step(&state, tolerations(300), [], .seconds(200)) == .stay)
        // It begins anew.
        #expect(step(&state, tolerations(300), [unreachable], .seconds(250)) == .wait(until: .seconds(550)))
    }
}
