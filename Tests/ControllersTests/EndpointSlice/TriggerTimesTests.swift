import KubeAPI
import Testing

@testable import Controllers

@Suite struct TriggerTimesTests {
    @Test func theEarliestNewTimeCounts() {
        let times = TriggerTimes()
        let service = ManagedService.web()
        #expect(times.update(service, [Pod.web("a", ["10.0.0.1"])]) == "2026-01-01T00:00:00Z")
        #expect(times.update(service, [Pod.web("a", ["10.0.0.1"])]) == nil)
        let pods = [
            Pod.web("a", ["10.0.0.1"]) { $0.setReady(false, at: "2026-01-01T00:01:00Z") },
            Pod.web("b", ["10.0.0.2"]) { $0.setReady(true, at: "2026-01-01T00:00:50Z") },
        ]
        #expect(times.update(service, pods) == "2026-01-01T00:00:50Z")
        #expect(times.update(service, [pods[1]]) == nil)
        // One that comes back in an old state has not changed since it was forgotten, but is new here.
        #expect(times.update(service, pods) == "2026-01-01T00:01:00Z")
        times.forget(service.metadata.key)
        #expect(times.update(service, pods) == "2026-01-01T00:00:00Z")
    }
}
