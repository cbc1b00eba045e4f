import KubeClient
import Logging
import Synchronization
import Testing

@testable import Controllers

@Suite struct ControllerMonitorTests {
    /// A clock that is set by hand, and what else the monitor asks for.
    private final class World: Sendable {
        let now = Mutex(Duration.zero)
        let unsynced = Mutex<[String]>(["v1/pods"])

        var monitor: ControllerMonitor {
            ControllerMonitor(
                clock: RetryClock(
                    now: { self.now.withLock { $0 } }, sleep: { _ in }, random: { $0.lowerBound })
            ) { self.unsynced.withLock { $0 } }
        }

        func pass(_ seconds: Int) { now.withLock { $0 += .seconds(seconds) } }
    }

    private struct Queue: MonitoredQueue {
        var depth: Int { 0 }
        var unfinishedWork: UnfinishedWork { work.value.withLock { $0 } }
        let work: Work

        final class Work: Sendable {
            let value = Mutex(UnfinishedWork())
        }
    }

    @Test func standbysAreHealthy() {
        let world = World()
        let monitor = world.monitor
        monitor.beginsRound("a", pause: .seconds(5))
        world.pass(1000)
        #expect(monitor.problem("a") == nil && monitor.syncProblem == nil)
    }

    @Test func cachesThatDoNotFill() {
        let world = World()
        let monitor = world.monitor
        monitor.syncing()
        #expect(monitor.syncProblem == "not listed yet: v1/pods")
        world.pass(60)
        #expect(monitor.problem("a") == nil)
        world.pass(1)
        #expect(monitor.problem("a") == "not listed yet: v1/pods")
        monitor.running()
        #expect(monitor.problem("a") == nil && monitor.syncProblem == nil)
    }

    @Test func workThatHangs() {
        let world = World()
        let monitor = world.monitor
        let work = Queue.Work()
        monitor.watch(Queue(work: work), of: "a")
        monitor.running()
        work.value.withLock { $0.longest = .seconds(300) }
        #expect(monitor.problem("a") == nil)
        work.value.withLock { $0.longest = .seconds(301) }
        #expect(monitor.problem("a") == "work on one object has taken 301 s")
        #expect(monitor.problem("b") == nil)
        monitor.idle()
        #expect(monitor.problem("a") == nil)
    }

    @Test func roundsThatHang() {
        let world = World()
        let monitor = world.monitor
        monitor.running()
        monitor.beginsRound("a", pause: .seconds(5))
        world.pass(305)
        #expect(monitor.problem("a") == nil)
        world.pass(1)
        #expect(monitor.problem("a") == "its round is 301 s late")
        monitor.beginsRound("a", pause: .seconds(5))
        #expect(monitor.problem("a") == nil)
    }

    @Test func whatHasEnded() {
        let world = World()
        let monitor = world.monitor
        monitor.running()
        monitor.ended("a")
        #expect(monitor.problem("a") == "it has ended" && monitor.problem("b") == nil)
        // With the next leadership it begins anew.
        monitor.syncing()
        monitor.running()
        #expect(monitor.problem("a") == nil)
    }
}
