import KubeAPI
import Testing

@testable import Scheduler

@Suite struct SchedulingQueueTests {
    private func info(_ name: String, priority: Int = 0, gates: String = "") throws -> PodInfo {
        PodInfo(try Fixture.pod(name, #"{"priority": \#(priority), "schedulingGates": [\#(gates)]}"#))
    }

    private func drain(_ queue: inout SchedulingQueue, at now: Duration) -> [String] {
        var names: [String] = []
        while let pod = queue.pop(now: now) { names.append(pod.info.key.name) }
        return names
    }

    @Test func priorityThenAge() throws {
        var queue = SchedulingQueue()
        queue.set(try info("old"), now: .seconds(1))
        queue.set(try info("new"), now: .seconds(2))
        queue.set(try info("urgent", priority: 5), now: .seconds(3))
        // Known already: it keeps its place.
        queue.set(try info("old"), now: .seconds(4))
        #expect(drain(&queue, at: .seconds(4)) == ["urgent", "old", "new"])
    }

    @Test func gatesHoldBack() throws {
        var queue = SchedulingQueue()
        queue.set(try info("p", gates: #"{"name": "wait"}"#), now: .zero)
        queue.wake(.all, now: .seconds(1))
        #expect(queue.pop(now: .seconds(1000)) == nil)
        queue.set(try info("p"), now: .seconds(2))
        #expect(drain(&queue, at: .seconds(2)) == ["p"])
    }

    @Test(arguments: [(1, 1), (2, 2), (3, 4), (4, 8), (5, 10), (60, 10)])
    func backoffDoubles(_ attempts: Int, _ seconds: Int) {
        #expect(SchedulingQueue.backoff(attempts) == .seconds(seconds))
    }

    @Test func onlyWhatHelpsWakes() throws {
        var queue = SchedulingQueue()
        queue.set(try info("p"), now: .zero)
        var pod = try #require(queue.pop(now: .zero))
        queue.park(pod, until: [.podRemoved, .nodeAdded], now: .zero)
        queue.wake(.nodeLabels, now: .seconds(5))
        #expect(queue.pop(now: .seconds(5)) == nil)
        queue.wake(.podRemoved, now: .seconds(5))
        pod = try #require(queue.pop(now: .seconds(5)))
        #expect(pod.attempts == 1)
        // Woken while its pause lasts, it comes after it: 2 s after the second failure.
        queue.park(pod, until: .podRemoved, now: .seconds(5))
        queue.wake(.podRemoved, now: .seconds(6))
        #expect(queue.pop(now: .milliseconds(6999)) == nil)
        #expect(queue.nextDue == .seconds(7))
        #expect(drain(&queue, at: .seconds(7)) == ["p"])
    }

    @Test func nobodyIsForgotten() throws {
        var queue = SchedulingQueue()
        queue.set(try info("p"), now: .zero)
        queue.park(try #require(queue.pop(now: .zero)), until: .nodeAdded, now: .zero)
        #expect(queue.pop(now: .seconds(299)) == nil)
        #expect(drain(&queue, at: .seconds(300)) == ["p"])
    }

    @Test func aFailedRequestIsTriedAgainInAnyCase() throws {
        var queue = SchedulingQueue()
        queue.set(try info("p"), now: .zero)
        queue.park(try #require(queue.pop(now: .zero)), until: nil, now: .zero)
        #expect(queue.pop(now: .milliseconds(999)) == nil)
        #expect(drain(&queue, at: .seconds(1)) == ["p"])
    }

    @Test func changesOfThePodItselfWakeIt() throws {
        var queue = SchedulingQueue()
        queue.set(try info("p"), now: .zero)
        queue.park(try #require(queue.pop(now: .zero)), until: .nodeAdded, now: .zero)
        var pod = try Fixture.pod("p", #"{"priority": 0, "schedulingGates": []}"#)
        pod.status.conditions = [Condition("PodScheduled", "False")]
        queue.set(PodInfo(pod), now: .seconds(20))
        #expect(queue.pop(now: .seconds(20)) == nil)
        pod.spec.tolerations = [Toleration()]
        queue.set(PodInfo(pod), now: .seconds(20))
        #expect(drain(&queue, at: .seconds(20)) == ["p"])
    }

    @Test func removedPodsAreGone() throws {
        var queue = SchedulingQueue()
        queue.set(try info("p"), now: .zero)
        queue.remove(ObjectKey(namespace: "default", name: "p"))
        #expect(queue.pop(now: .zero) == nil && queue.count == 0)
    }
}
