import Synchronization
import Testing

@testable import KubeClient

@Suite struct ExpectationsTests {
    @Test func everythingMustBeSeen() {
        let time = Mutex(Duration.zero)
        let expectations = Expectations<String>(
            clock: RetryClock(now: { time.withLock { $0 } }, sleep: { _ in }, random: { $0.lowerBound }))
        #expect(expectations.isSatisfied("a"))
        expectations.expect("a", creations: 2, deletions: ["u1"])
        expectations.creationObserved("a")
        expectations.deletionObserved("a", uid: "u1")
        #expect(!expectations.isSatisfied("a"))
        expectations.creationObserved("a")
        #expect(expectations.isSatisfied("a"))
        expectations.expect("a", deletions: ["u2"])
        expectations.deletionObserved("a", uid: "another")
        #expect(!expectations.isSatisfied("a"))
        // An event that never comes does not hold it up for ever.
        time.withLock { $0 += .seconds(301) }
        #expect(expectations.isSatisfied("a"))
    }
}
