import TestSupport
import Testing

@testable import KubeClient

@Suite struct WorkQueueStateTests {
    private func taken<Key>(_ state: inout WorkQueueState<Key>, limit: Int = 9) -> [Key] {
        var keys: [Key] = []
        while let key = state.take(limit: limit, now: .zero)?.key { keys.append(key) }
        return keys
    }

    @Test func aKeyWaitsOnce() {
        var state = WorkQueueState<String>()
        let added = [state.add("a", now: .zero), state.add("a", now: .zero), state.add("b", now: .zero)]
        #expect(added == [true, false, true])
        #expect(taken(&state) == ["a", "b"])
    }

    @Test func whatIsAddedDuringTheWorkWaitsForItsEnd() {
        var state = WorkQueueState<String>()
        state.add("a", now: .zero)
        #expect(taken(&state) == ["a"])
        state.add("a", now: .zero)
        #expect(taken(&state) == [])
        state.done("a", now: .zero)
        #expect(taken(&state) == ["a"])
        state.done("a", now: .zero)
        #expect(state.isIdle)
    }

    @Test func noMoreThanTheLimitAtOnce() {
        var state = WorkQueueState<Int>()
        for key in 0..<5 { state.add(key, now: .zero) }
        #expect(taken(&state, limit: 2) == [0, 1])
        state.done(0, now: .zero)
        #expect(taken(&state, limit: 2) == [2])
    }

    @Test func ofSeveralTimesTheEarliestCounts() {
        var state = WorkQueueState<String>()
        state.add("a", at: .seconds(10))
        state.add("a", at: .seconds(5))
        state.add("a", at: .seconds(20))
        state.release(at: .seconds(4))
        #expect(taken(&state) == [])
        #expect(state.nextDue == .seconds(5))
        state.release(at: .seconds(5))
        #expect(taken(&state) == ["a"])
        state.done("a", now: .zero)
        state.release(at: .seconds(60))
        #expect(taken(&state) == [])
        #expect(state.nextDue == nil)
        #expect(state.isIdle)
    }

    @Test func pausesGrowAndEnd() {
        var state = WorkQueueState<String>()
        var pauses: [Duration] = []
        for _ in 0..<4 { pauses.append(state.failed("a")) }
        #expect(pauses == [5, 10, 20, 40].map { Duration.milliseconds($0) })
        for _ in 0..<100 { pauses.append(state.failed("a")) }
        #expect(pauses.last == .seconds(1000))
        let other = state.failed("b")
        state.forget("a")
        let again = state.failed("a")
        #expect(other == .milliseconds(5) && again == .milliseconds(5))
    }

    @Test func timesOfWaitingAndWork() {
        var state = WorkQueueState<String>()
        state.add("a", now: .seconds(1))
        // It has waited since the first time.
        state.add("a", now: .seconds(2))
        state.add("b", at: .seconds(3))
        let released = state.release(at: .seconds(4))
        #expect(released == 1)
        let first = state.take(limit: 9, now: .seconds(5))
        let second = state.take(limit: 9, now: .seconds(7))
        #expect(first?.key == "a" && first?.waited == .seconds(4))
        #expect(second?.key == "b" && second?.waited == .seconds(3))
        let unfinished = state.unfinishedWork(now: .seconds(10))
        #expect(unfinished.total == .seconds(8) && unfinished.longest == .seconds(5))
        state.add("a", now: .seconds(11))
        let took = state.done("a", now: .seconds(12))
        #expect(took == .seconds(7))
        let again = state.take(limit: 9, now: .seconds(13))
        #expect(again?.waited == .seconds(2))
        state.done("a", now: .seconds(13))
        state.done("b", now: .seconds(13))
        #expect(state.unfinishedWork(now: .seconds(20)) == UnfinishedWork())
    }

    @Test("No key is worked on twice at once, and none is forgotten")
    func randomWalk() {
        var random = SeededGenerator(seed: 42)
        var state = WorkQueueState<Int>()
        var working: Set<Int> = []
        var owed: Set<Int> = []
        var now = Duration.zero
        for _ in 0..<20_000 {
            now += .milliseconds(1)
            let key = Int.random(in: 0..<20, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                state.add(key, now: .zero)
                owed.insert(key)
            case 1:
                state.add(key, at: now + .milliseconds(Int.random(in: 0..<50, using: &random)))
                owed.insert(key)
            case 2:
                state.release(at: now)
                if let key = state.take(limit: 5, now: now)?.key {
                    #expect(working.insert(key).inserted)
                    #expect(working.count <= 5)
                    owed.remove(key)
                }
            default:
                if let key = working.randomElement(using: &random) {
                    working.remove(key)
                    state.done(key, now: .zero)
                }
            }
        }
        for key in working { state.done(key, now: .zero) }
        state.release(at: now + .seconds(1))
        while let key = state.take(limit: 5, now: now)?.key {
            owed.remove(key)
            state.done(key, now: .zero)
        }
        #expect(owed.isEmpty)
        #expect(state.isIdle)
    }
}
