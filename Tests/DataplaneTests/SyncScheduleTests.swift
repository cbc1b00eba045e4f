import Dataplane
import DataplaneTesting
import TestSupport
import Testing

/// Time is what the tests say it is.
@Suite struct SyncScheduleTests {
    private func schedule(min: Duration = .seconds(1), period: Duration = .seconds(30)) -> SyncSchedule {
        SyncSchedule(minSyncPeriod: min, syncPeriod: period, startingAt: .zero)
    }

    @Test("Without a change the next thing is a verification") func quiet() {
        var schedule = schedule()
        #expect(schedule.step(at: .zero) == .wait(until: .seconds(30)))
        #expect(schedule.step(at: .seconds(29)) == .wait(until: .seconds(30)))
        #expect(schedule.step(at: .seconds(30)) == .verify)
        schedule.began(at: .seconds(31))
        schedule.ended(at: .seconds(32), succeeded: true)
        #expect(schedule.step(at: .seconds(33)) == .wait(until: .seconds(62)))
    }

    @Test("The first change is synced at once") func firstChange() {
        var schedule = schedule()
        schedule.changed()
        #expect(schedule.step(at: .milliseconds(1)) == .sync)
    }

    @Test("Changes within minSyncPeriod are put together") func coalescing() {
        var schedule = schedule()
        schedule.changed()
        schedule.began(at: .seconds(1))
        schedule.ended(at: .milliseconds(1100), succeeded: true)
        schedule.changed()
        schedule.changed()
        #expect(schedule.step(at: .milliseconds(1200)) == .wait(until: .seconds(2)))
        #expect(schedule.step(at: .seconds(2)) == .sync)
        schedule.began(at: .seconds(2))
        schedule.ended(at: .seconds(2), succeeded: true)
        #expect(schedule.step(at: .seconds(4)) == .wait(until: .seconds(32)))
    }

    @Test("A change long after the last sync waits for nothing") func lateChange() {
        var schedule = schedule()
        schedule.began(at: .seconds(1))
        schedule.ended(at: .seconds(1), succeeded: true)
        schedule.changed()
        #expect(schedule.step(at: .seconds(10)) == .sync)
    }

    @Test("minSyncPeriod 0: every change is synced at once") func noCoalescing() {
        var schedule = schedule(min: .zero)
        for second in 1...5 {
            schedule.changed()
            #expect(schedule.step(at: .seconds(second)) == .sync)
            schedule.began(at: .seconds(second))
            schedule.ended(at: .seconds(second), succeeded: true)
            schedule.changed()
            #expect(schedule.step(at: .seconds(second)) == .sync)
            schedule.began(at: .seconds(second))
            schedule.ended(at: .seconds(second), succeeded: true)
        }
    }

    @Test("A change during a sync is synced after it") func changeDuringSync() {
        var schedule = schedule(min: .zero)
        schedule.changed()
        schedule.began(at: .seconds(1))
        schedule.changed()
        schedule.ended(at: .seconds(2), succeeded: true)
        #expect(schedule.step(at: .seconds(2)) == .sync)
        schedule.began(at: .seconds(2))
        schedule.ended(at: .seconds(3), succeeded: true)
        #expect(schedule.step(at: .seconds(3)) == .wait(until: .seconds(33)))
    }

    @Test("Retries come later and later, but not later than syncPeriod") func retries() {
        var schedule = schedule(min: .zero, period: .seconds(5))
        var now = Duration.seconds(1)
        var pauses: [Duration] = []
        schedule.changed()
        for _ in 0..<30 where schedule.step(at: now) != .wait(until: now) {
            schedule.began(at: now)
            schedule.ended(at: now, succeeded: false)
            guard case .wait(let until) = schedule.step(at: now) else {
                Issue.record("no pause after a failure")
                return
            }
            pauses.append(until - now)
            now = until
            #expect(schedule.step(at: now) == .verify)
        }
        #expect(Array(pauses.prefix(7)) == [100, 200, 400, 800, 1600, 3200, 5000].map { Duration.milliseconds($0) })
        #expect(pauses.dropFirst(7).allSatisfy { $0 == .seconds(5) })
        schedule.began(at: now)
        schedule.ended(at: now, succeeded: true)
        #expect(schedule.step(at: now) == .wait(until: now + .seconds(5)))
        schedule.changed()
        schedule.began(at: now)
        schedule.ended(at: now, succeeded: false)
        #expect(schedule.step(at: now) == .wait(until: now + SyncSchedule.firstPause))
    }

    @Test("A change does not shorten the pause after a failure") func changeWhileFailing() {
        var schedule = schedule(min: .zero)
        schedule.changed()
        schedule.began(at: .seconds(1))
        schedule.ended(at: .seconds(1), succeeded: false)
        schedule.changed()
        #expect(schedule.step(at: .milliseconds(1050)) == .wait(until: .milliseconds(1100)))
        #expect(schedule.step(at: .milliseconds(1100)) == .sync)
    }

    @Test("The pause after a failure counts from its end") func slowFailure() {
        var schedule = schedule(min: .zero)
        schedule.changed()
        schedule.began(at: .seconds(1))
        schedule.ended(at: .seconds(9), succeeded: false)
        #expect(schedule.step(at: .seconds(9)) == .wait(until: .milliseconds(9100)))
        schedule.began(at: .milliseconds(9100))
        schedule.ended(at: .seconds(20), succeeded: false)
        #expect(schedule.step(at: .seconds(20)) == .wait(until: .milliseconds(20_200)))
    }

    @Test("What had nothing to do neither delays nor heals") func emptySync() {
        var schedule = schedule()
        schedule.changed()
        schedule.began(at: .seconds(5))
        schedule.wasEmpty()
        schedule.changed()
        #expect(schedule.step(at: .seconds(5)) == .sync)
        schedule.began(at: .seconds(5))
        schedule.ended(at: .seconds(6), succeeded: false)
        schedule.changed()
        schedule.began(at: .seconds(7))
        schedule.wasEmpty()
        #expect(schedule.isFailing)
        #expect(schedule.step(at: .seconds(7)) == .verify)
    }

    @Test("minSyncPeriod holds for retries too") func retriesRespectMinimum() {
        var schedule = schedule(min: .seconds(2))
        schedule.changed()
        schedule.began(at: .seconds(1))
        schedule.ended(at: .seconds(1), succeeded: false)
        #expect(schedule.step(at: .milliseconds(1100)) == .wait(until: .seconds(3)))
    }

    @Test("Random events: nothing is forgotten, nothing runs too often", arguments: 1...20)
    func walk(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var schedule = schedule(min: .milliseconds(500), period: .seconds(10))
        var now = Duration.zero
        var lastBegin: Duration?
        var lastEnd = Duration.zero
        var changedAt: Duration?
        var failed = false
        for _ in 0..<3000 {
            if random.oneIn(10) {
                schedule.changed()
                changedAt = changedAt ?? now
            }
            switch schedule.step(at: now) {
            case .wait(let until):
                #expect(until > now)
                #expect(until <= lastEnd + .seconds(10))
                if changedAt != nil, !failed, let lastBegin { #expect(until <= lastBegin + .milliseconds(500)) }
                now = random.oneIn(2) ? until : now + (until - now) / 3
            case let step:
                #expect((step == .sync) == (changedAt != nil))
                if step == .sync, let lastBegin { #expect(now >= lastBegin + .milliseconds(500)) }
                schedule.began(at: now)
                lastBegin = now
                changedAt = nil
                now += .milliseconds(Int.random(in: 0...20, using: &random))
                failed = random.oneIn(3)
                schedule.ended(at: now, succeeded: !failed)
                lastEnd = now
            }
        }
    }

    @Test("What others may have changed is looked at at once, whatever the periods say") func drift() {
        var schedule = schedule()
        schedule.changed()
        schedule.began(at: .seconds(1))
        schedule.ended(at: .seconds(1), succeeded: true)
        schedule.changed()
        schedule.drifted()
        #expect(schedule.step(at: .milliseconds(1100)) == .verify)
        schedule.beganVerifying(at: .milliseconds(1100))
        schedule.ended(at: .milliseconds(1110), succeeded: true)
        // The change still waits for its time.
        #expect(schedule.step(at: .milliseconds(1120)) == .wait(until: .seconds(2)))
        #expect(schedule.step(at: .seconds(2)) == .sync)
    }

    @Test("What drifts all the time gets half of the time") func driftAllTheTime() {
        var schedule = schedule()
        schedule.drifted()
        schedule.beganVerifying(at: .seconds(1))
        schedule.drifted()
        schedule.ended(at: .seconds(3), succeeded: true)
        #expect(schedule.step(at: .seconds(4)) == .wait(until: .seconds(5)))
        #expect(schedule.step(at: .seconds(5)) == .verify)
    }

    @Test("A drift does not shorten the pause after a failure") func driftWhileFailing() {
        var schedule = schedule()
        schedule.changed()
        schedule.began(at: .seconds(1))
        schedule.ended(at: .seconds(1), succeeded: false)
        schedule.drifted()
        #expect(schedule.step(at: .milliseconds(1050)) == .wait(until: .milliseconds(1100)))
        #expect(schedule.step(at: .milliseconds(1100)) == .verify)
    }
}
