import TestSupport
import Testing

@testable import KubeClient

@Suite struct ArmedTimersTests {
    @Test func oneThatFiresBeforeWillDo() {
        var timers = ArmedTimers()
        let answers = [(300, 0), (400, 0), (10, 1), (20, 2), (300, 11), (5, 11)].map { time, now in
            timers.arm(for: .seconds(time), now: .seconds(now))
        }
        #expect(answers == [true, false, true, false, false, true])
    }

    @Test("Many short waits beside a long one leave no timers behind, and nobody is woken late")
    func randomWalk() {
        var random = SeededGenerator(seed: 7)
        var timers = ArmedTimers()
        var running: [Duration] = []
        var now = Duration.zero
        var most = 0
        for _ in 0..<10_000 {
            now += .milliseconds(Int.random(in: 1...20, using: &random))
            running.removeAll { $0 <= now }
            // One key waits for a long time, others come and go.
            let wanted = now + .milliseconds([5, 10, 300_000].randomElement(using: &random) ?? 5)
            if timers.arm(for: wanted, now: now) { running.append(wanted) }
            #expect(running.contains { $0 <= wanted })
            most = max(most, timers.count)
        }
        #expect(most <= 3)
    }
}
