import KubeAPI
import Testing

@testable import Scheduler

@Suite struct SchedulerStateTests {
    private static func state(_ nodes: Node...) -> SchedulerState {
        var state = SchedulerState(schedulerName: "default-scheduler", seed: 1)
        for node in nodes { state.nodeChanged(nil, node, now: .zero) }
        return state
    }

    private func target(_ decision: SchedulingDecision?) -> String? {
        guard case .bind(_, let node) = decision else { return nil }
        return node
    }

    private func failure(_ decision: SchedulingDecision?) -> SchedulingFailure? {
        guard case .fail(_, let failure) = decision else { return nil }
        return failure
    }

    private func set(_ state: inout SchedulerState, _ pod: Pod, now: Duration = .zero) {
        state.podChanged(pod.metadata.key, pod, now: now)
    }

    @Test("A pod counts on its node while its binding is under way") func assumed() throws {
        var state = Self.state(try Fixture.node("n", cpu: "2"))
        set(&state, try Fixture.pod("a", Fixture.requests("2")))
        set(&state, try Fixture.pod("b", Fixture.requests("2")))
        #expect(target(state.next(now: .zero)) == "n")
        let refused = try #require(failure(state.next(now: .zero)))
        #expect(
            refused.message
                == "0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: "
                + "1 No preemption victims found for incoming pod.")
        #expect(state.next(now: .zero) == nil)
    }

    @Test("A binding that failed gives the room back") func forgotten() throws {
        var state = Self.state(try Fixture.node("n", cpu: "2"))
        set(&state, try Fixture.pod("a", Fixture.requests("2")))
        guard case .bind(let pod, _) = state.next(now: .zero) else { throw Missing() }
        set(&state, try Fixture.pod("b", Fixture.requests("2")))
        _ = state.next(now: .zero)
        state.bindingFailed(pod, now: .seconds(1))
        // b failed earlier, so its pause is over first.
        guard case .bind(let other, _) = state.next(now: .seconds(1)) else { throw Missing() }
        #expect(other.key.name == "b")
        #expect(failure(state.next(now: .seconds(2))) != nil)
    }

    @Test func newsOfABindingEndTheAssumption() throws {
        var state = Self.state(try Fixture.node("n", cpu: "2"))
        var pod = try Fixture.pod("a", Fixture.requests("2"))
        set(&state, pod)
        guard case .bind(let info, _) = state.next(now: .zero) else { throw Missing() }
        pod.spec.nodeName = "n"
        set(&state, pod)
        #expect(state.assumedCount == 0)
        // The answer was lost, the binding was not.
        state.bindingFailed(info, now: .zero)
        #expect(state.cluster.placed.count == 1 && state.next(now: .seconds(10)) == nil)
    }

    @Test func otherSchedulersPodsAreLeftAlone() throws {
        var state = Self.state(try Fixture.node("n"))
        set(&state, try Fixture.pod("a", #"{"schedulerName": "mine"}"#))
        #expect(state.next(now: .zero) == nil)
    }

    @Test func podsThatAreGoingGetNoNode() throws {
        var state = Self.state(try Fixture.node("n"))
        var pod = try Fixture.pod("a")
        set(&state, pod)
        pod.metadata.deletionTimestamp = "2026-01-01T00:00:00Z"
        set(&state, pod)
        #expect(state.next(now: .zero) == nil)
    }

    @Test func noNodes() throws {
        var state = Self.state()
        set(&state, try Fixture.pod("a"))
        #expect(failure(state.next(now: .zero))?.message == "no nodes available to schedule pods")
        state.nodeChanged(nil, try Fixture.node("n"), now: .seconds(1))
        #expect(target(state.next(now: .seconds(1))) == "n")
    }

    @Test func reasonsAreCountedTogether() throws {
        var tainted = try Fixture.node("t")
        tainted.taints = [Taint("k", "", .noSchedule)]
        var state = Self.state(try Fixture.node("a", cpu: "1"), try Fixture.node("b", cpu: "1", memory: "1"), tainted)
        set(
            &state,
            try Fixture.pod("p", #"{"containers": [{"resources": {"requests": {"cpu": "2", "memory": "1Gi"}}}]}"#))
        #expect(
            failure(state.next(now: .zero))?.message
                == "0/3 nodes are available: 1 Insufficient memory, 1 node(s) had untolerated taint(s), "
                + "2 Insufficient cpu. preemption: 0/3 nodes are available: "
                + "3 Preemption is not helpful for scheduling.")
    }

    @Test("The preempting pod gets the room that it made, though another one wants it") func nomination() throws {
        var state = Self.state(try Fixture.node("n", cpu: "2"))
        let low = try Fixture.placed("low", on: "n", Fixture.requests("2"))
        set(&state, low)
        set(&state, try Fixture.pod("high", Fixture.requests("2", #""priority": 10"#)))
        let refused = try #require(failure(state.next(now: .zero)))
        #expect(refused.victims?.pods.map(\.key.name) == ["low"] && refused.nomination == .set("n"))
        state.podChanged(low.metadata.key, nil, now: .milliseconds(100))
        set(&state, try Fixture.pod("middle", Fixture.requests("2", #""priority": 5"#)), now: .milliseconds(200))
        // The pause of the first one is not over, yet the room is kept.
        #expect(failure(state.next(now: .milliseconds(200))) != nil)
        guard case .bind(let pod, _) = state.next(now: .seconds(1)) else { throw Missing() }
        #expect(pod.key.name == "high")
    }

    @Test func lesserNominationsGiveWay() throws {
        var state = Self.state(try Fixture.node("n", cpu: "2"))
        set(&state, try Fixture.placed("low", on: "n", Fixture.requests("2")))
        set(&state, try Fixture.pod("middle", Fixture.requests("2", #""priority": 5"#)))
        _ = state.next(now: .zero)
        set(&state, try Fixture.pod("high", Fixture.requests("2", #""priority": 10"#)))
        let refused = try #require(failure(state.next(now: .zero)))
        #expect(refused.displaced.map(\.key.name) == ["middle"])
    }

    private struct Missing: Error {}
}
