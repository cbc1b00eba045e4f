import KubeAPI
import Synchronization
import Testing

@testable import KubeClient

@Suite struct OwnWritesTests {
    private static func object(_ uid: String, _ version: String) -> ObjectMeta {
        var metadata = ObjectMeta(name: uid, namespace: "ns")
        metadata.uid = uid
        metadata.resourceVersion = version
        return metadata
    }

    @Test func theCacheMustShowWhatWasWritten() {
        let writes = OwnWrites<String>()
        #expect(writes.areVisible(for: "k", in: []))
        writes.wrote(Self.object("a", "10"), for: "k")
        #expect(!writes.areVisible(for: "k", in: []))
        #expect(!writes.areVisible(for: "k", in: [Self.object("a", "9")]))
        #expect(writes.areVisible(for: "other", in: []))
        #expect(writes.areVisible(for: "k", in: [Self.object("a", "10")]))
        writes.wrote(Self.object("a", "12"), for: "k")
        // Somebody else wrote after that.
        #expect(writes.areVisible(for: "k", in: [Self.object("a", "13")]))
        writes.deleted(Self.object("a", "13"), for: "k")
        #expect(!writes.areVisible(for: "k", in: [Self.object("a", "13")]))
        #expect(writes.areVisible(for: "k", in: []))
    }

    @Test func ownEventsAreTold() {
        let writes = OwnWrites<String>()
        writes.wrote(Self.object("a", "10"), for: "k")
        #expect(writes.saw(Self.object("a", "9"), isGone: false, for: "k"), "one from before the last write")
        #expect(writes.saw(Self.object("a", "10"), isGone: false, for: "k"))
        #expect(writes.areVisible(for: "k", in: []))
        #expect(!writes.saw(Self.object("a", "11"), isGone: false, for: "k"))
        writes.wrote(Self.object("b", "20"), for: "k")
        #expect(!writes.saw(Self.object("b", "21"), isGone: false, for: "k"), "somebody else's, after ours")
        writes.wrote(Self.object("c", "30"), for: "k")
        #expect(!writes.saw(Self.object("c", "30"), isGone: true, for: "k"), "deleted by somebody else")
        writes.deleted(Self.object("d", "40"), for: "k")
        #expect(writes.saw(Self.object("d", "41"), isGone: true, for: "k"))
        #expect(writes.areVisible(for: "k", in: []))
    }

    @Test func anEventThatNeverComesIsNotWaitedForForEver() {
        let time = Mutex(Duration.zero)
        let writes = OwnWrites<String>(
            clock: RetryClock(now: { time.withLock { $0 } }, sleep: { _ in }, random: { $0.lowerBound }))
        writes.wrote(Self.object("a", "10"), for: "k")
        time.withLock { $0 = .seconds(29) }
        #expect(!writes.areVisible(for: "k", in: []))
        time.withLock { $0 = .seconds(31) }
        #expect(writes.areVisible(for: "k", in: []))
        // Versions that are no numbers are not waited for.
        writes.wrote(Self.object("b", "x"), for: "k")
        #expect(writes.areVisible(for: "k", in: []))
    }
}
