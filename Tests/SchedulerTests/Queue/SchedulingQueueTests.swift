import KubeAPI
import Testing

@testable import Scheduler

@Suite struct SchedulingQueueTests {
    private func info(_ name: String, priority: Int = 0, gates: String = "") throws -> PodInfo {
        PodInfo(try Fixture.pod(name, #"{"priority": \#(priority), "schedulingGates": [\#(gates)]}"#))
    }

    private func pop(_ queue: inout SchedulingQueue, at now: Duration) throws -> SchedulingQueue.QueuedPod {
        let pod = queue.pop(now: now)
        return try #require(pod)
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
        #expect(drain(&queue, at: .seconds(1000)) == [])
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
        var pod = try pop(&queue, at: .zero)
        queue.park(pod, until: [.podRemoved, .nodeAdded], now: .zero)
        queue.wake(.nodeLabels, now: .seconds(5))
        #expect(drain(&queue, at: .seconds(5)) == [])
        queue.wake(.podRemoved, now: .seconds(5))
        pod = try pop(&queue, at: .seconds(5))
        #expect(pod.attempts == 1)
        // Woken while its pause lasts, it comes after it: 2 s after the second failure.
        queue.park(pod, until: .podRemoved, now: .seconds(5))
        queue.wake(.podRemoved, now: .seconds(6))
        #expect(drain(&queue, at: .milliseconds(6999)) == [])
        #expect(queue.nextDue == .seconds(7))
        #expect(drain(&queue, at: .seconds(7)) == ["p"])
    }

    @Test func nobodyIsForgotten() throws {
        var queue = SchedulingQueue()
        queue.set(try info("p"), now: .zero)
        let pod = try pop(&queue, at: .zero)
        queue.park(pod, until: .nodeAdded, now: .zero)
        #expect(drain(&queue, at: .seconds(299)) == [])
        #expect(drain(&queue, at: .seconds(300)) == ["p"])
    }

    @Test func aFailedRequestIsTriedAgainInAnyCase() throws {
        var queue = SchedulingQueue()
        queue.set(try info("p"), now: .zero)
        let pod = try pop(&queue, at: .zero)
        queue.park(pod, until: nil, now: .zero)
        #expect(drain(&queue, at: .milliseconds(999)) == [])
        #expect(drain(&queue, at: .seconds(1)) == ["p"])
    }

    @Test func changesOfThePodItselfWakeIt() throws {
        var queue = SchedulingQueue()
        queue.set(try info("p"), now: .zero)
        let first = try pop(&queue, at: .zero)
        queue.park(first, until: .nodeAdded, now: .zero)
        var pod = try Fixture.pod("p", #"{"priority": 0, "schedulingGates": []}"#)
        pod.status.conditions = [Condition("PodScheduled", "False")]
        queue.set(PodInfo(pod), now: .seconds(20))
        #expect(drain(&queue, at: .seconds(20)) == [])
        pod.spec.tolerations = [Toleration()]
        queue.set(PodInfo(pod), now: .seconds(20))
        #expect(drain(&queue, at: .seconds(20)) == ["p"])
    }

    @Test func removedPodsAreGone() throws {
        var queue = SchedulingQueue()
        queue.set(try info("p"), now: .zero)
        queue.remove(ObjectKey(namespace: "default", name: "p"))
        #expect(drain(&queue, at: .zero) == [])
    }
}
