import KubeAPI
import TestSupport
import Testing

@testable import KubeClient

@Suite struct LeaderElectionStateTests {
    private static let key = ObjectKey(namespace: "kube-system", name: "controllers")

    private func lease(_ holder: String, renewed: String = "r0", transitions: Int32 = 0) -> Lease {
        var lease = Lease(metadata: ObjectMeta(name: "controllers", namespace: "kube-system"))
        lease.holder = holder
        lease.duration = 15
        lease.renewTime = renewed
        lease.transitions = transitions
        return lease
    }

    private func step(_ state: inout LeaderElectionState, _ lease: Lease?, at seconds: Int) -> LeaderElectionState.Step
    {
        state.step(lease, key: Self.key, at: .seconds(seconds), time: "t\(seconds)")
    }

    @Test func createsTheFirstLease() throws {
        var state = LeaderElectionState(identity: "me", timing: .init())
        guard case .create(let new) = step(&state, nil, at: 0) else {
            Issue.record("nothing was created")
            return
        }
        #expect(new.holder == "me" && new.duration == 15 && new.acquireTime == "t0" && new.renewTime == "t0")
        #expect(new.metadata.key == Self.key)
        #expect(!state.isLeading)
        state.written(new, at: .zero)
        #expect(state.isLeading)
    }

    @Test func waitsUntilAnothersLeaseHasNotChangedForItsDuration() {
        var state = LeaderElectionState(identity: "me", timing: .init())
        // By the candidate's own clock: what time the lease tells does not matter.
        let steps = [(100, "r0"), (110, "r1"), (124, "r1")].map { seconds, renewed in
            step(&state, lease("other", renewed: renewed), at: seconds)
        }
        #expect(steps == [.wait, .wait, .wait])
        var expected = lease("me", renewed: "t125", transitions: 1)
        expected.acquireTime = "t125"
        #expect(step(&state, lease("other", renewed: "r1"), at: 125) == .update(expected))
    }

    @Test func takesAFreeLeaseAtOnce() {
        var state = LeaderElectionState(identity: "me", timing: .init())
        var expected = lease("me", renewed: "t3", transitions: 5)
        expected.acquireTime = "t3"
        #expect(step(&state, lease("", transitions: 4), at: 3) == .update(expected))
    }

    @Test func renewsItsOwnWithoutATransition() {
        var state = LeaderElectionState(identity: "me", timing: .init())
        #expect(step(&state, lease("me", transitions: 4), at: 3) == .update(lease("me", renewed: "t3", transitions: 4)))
    }

    @Test func stopsBeforeOthersMayTakeOver() {
        var state = LeaderElectionState(identity: "me", timing: .init())
        state.written(lease("me"), at: .seconds(10))
        #expect(!state.mustStop(at: .seconds(19)))
        #expect(state.mustStop(at: .seconds(20)))
        state.lost()
        #expect(!state.isLeading && !state.mustStop(at: .seconds(99)))
    }

    @Test func givesUpOnlyWhatItHolds() {
        var state = LeaderElectionState(identity: "me", timing: .init())
        #expect(state.released(time: "t") == nil)
        state.written(lease("me", transitions: 2), at: .zero)
        let free = state.released(time: "t")
        #expect(free?.holder == "" && free?.duration == 1 && free?.transitions == 2)
    }

    /// Several candidates with clocks of their own, and a store that lets one of two writers win.
    @Test("Never two leaders", arguments: 0..<20)
    func neverTwoLeaders(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        var candidates = (0..<3).map { LeaderElectionState(identity: "c\($0)", timing: .init()) }
        var stopped: Set<Int> = []
        var stored: Lease?
        var terms = 0
        for second in 0..<600 {
            let index = Int.random(in: 0..<3, using: &random)
            // A candidate hangs from time to time, longer than its lease.
            if Int.random(in: 0..<20, using: &random) == 0 { stopped.formSymmetricDifference([index]) }
            // Hanging or not, the work stops at its deadline.
            for index in candidates.indices where candidates[index].mustStop(at: .seconds(second)) {
                candidates[index].lost()
            }
            guard !stopped.contains(index) else { continue }
            switch candidates[index].step(stored, key: Self.key, at: .seconds(second), time: "t\(second)") {
            case .wait: candidates[index].lost()
            case .create(let lease), .update(let lease):
                if stored?.holder != lease.holder { terms += 1 }
                stored = lease
                candidates[index].written(lease, at: .seconds(second))
            }
            #expect(candidates.count(where: \.isLeading) <= 1)
        }
        #expect(terms > 0)
    }
}
