import JSONStream
import KubeAPI
import TestSupport
import Testing

@testable import KubeClient

struct ChangeCollectorTests {
    private typealias Collector = ChangeCollector<Widget>

    private static func take(_ collector: inout Collector) -> [String] {
        collector.takeEvents().flatMap(ReflectorHarness.lines)
    }

    @discardableResult
    private static func feed(_ collector: inout Collector, _ event: String) -> Collector.WatchNote {
        Array(event.utf8).withUnsafeBytes { collector.watchEvent($0) }
    }

    private static func list(_ collector: inout Collector, _ items: String...) {
        collector.beginList()
        for item in items { Array(item.utf8).withUnsafeBytes { collector.listItem($0) } }
        collector.endList()
    }

    @Test func changesAreBatchedAroundWhatIsNotReadable() {
        var collector = Collector()
        Self.list(
            &collector, Widget.json("a", 1), Widget.json("b", 2), Widget.json("c", 3, size: "null"),
            Widget.json("d", 4))
        let events = collector.takeEvents()
        let kinds = events.map {
            switch $0 {
            case .changed(let changes): changes.count
            case .undecodable: -1
            case .synced: 0
            }
        }
        #expect(kinds == [2, -1, 1, 0])
        #expect(collector.takeEvents().isEmpty)
        guard case .undecodable(let object) = events[1] else {
            Issue.record("\(events)")
            return
        }
        #expect(object.key == ObjectKey(namespace: "ns", name: "c"))
        #expect(object.error.path == "spec.size")
        #expect(!object.isKnown)
    }

    @Test func theSecondListTellsOnlyTheDifference() {
        var collector = Collector()
        Self.list(&collector, Widget.json("a", 1), Widget.json("b", 2), Widget.json("c", 3))
        _ = collector.takeEvents()
        Self.list(&collector, Widget.json("c", 3), Widget.json("a", 4), Widget.json("d", 5))
        #expect(Self.take(&collector) == ["+a@4", "+d@5", "-b", "="])
        #expect(collector.known.count == 3)
    }

    @Test func theTypeMayComeBehindTheObject() {
        var collector = Collector()
        let object = Widget.json("a", 7)
        Self.feed(&collector, #"{"object":\#(object),"type":"ADDED"}"#)
        Self.feed(&collector, #"{"object":\#(Widget.json("b", 8, size: "[]")),"type":"ADDED"}"#)
        Self.feed(&collector, #"{"object":\#(Widget.json("a", 9)),"type":"DELETED"}"#)
        #expect(Self.take(&collector) == ["+a@7", "?b", "-a"])
        #expect(collector.resourceVersion == "9")
        guard
            case .error(let status) = Self.feed(
                &collector, #"{"object":\#(Widget.status(410, "Expired")),"type":"ERROR"}"#)
        else {
            Issue.record("no error")
            return
        }
        #expect(status.code == 410)
        #expect(status.reason == "Expired")
    }

    @Test func bookmarksAndUnknownTypesOnlyMoveTheVersion() {
        var collector = Collector()
        Self.feed(&collector, Widget.bookmark(5))
        #expect(collector.resourceVersion == "5")
        Self.feed(&collector, Widget.event("SOMETHING", Widget.json("a", 6)))
        #expect(collector.resourceVersion == "6")
        #expect(collector.takeEvents().isEmpty)
    }

    @Test func brokenEventsAreReported() {
        var collector = Collector()
        for event in ["{}", #"{"type":"ADDED"}"#, #"{"type":7,"object":{}}"#, #"{"type":"ADDED","object":[}"#, "{]"] {
            Self.feed(&collector, event)
        }
        #expect(Self.take(&collector) == ["?", "?", "?"])
        // An object that cannot be read any more may still be deleted.
        Self.feed(&collector, Widget.event("ADDED", Widget.json("a", 1)))
        Self.feed(&collector, Widget.event("DELETED", Widget.json("a", 2, size: "[]")))
        #expect(Self.take(&collector) == ["+a@1", "-a"])
    }

    @Test func anErrorEventThatIsNoStatusEndsTheWatchAsWell() {
        var collector = Collector()
        guard case .error(let status) = Self.feed(&collector, #"{"type":"ERROR","object":[1]}"#) else {
            Issue.record("no error")
            return
        }
        #expect(status.code == 0)
    }

    @Test func damagedEventsNeverCrash() {
        var random = SeededGenerator(seed: 6)
        let events = [
            Widget.event("ADDED", Widget.json("a", 1)), Widget.event("DELETED", Widget.json("a", 2)),
            Widget.event("ERROR", Widget.status(410, "Expired")), Widget.bookmark(3),
            #"{"object":\#(Widget.json("b", 4)),"type":"MODIFIED"}"#,
        ].map { Array($0.utf8) }
        var collector = Collector()
        for _ in 0..<5000 {
            guard var bytes = events.randomElement(using: &random) else { continue }
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                if Bool.random(using: &random) {
                    bytes[index] = UInt8.random(in: 0...255, using: &random)
                } else {
                    bytes.remove(at: index)
                }
            }
            bytes.withUnsafeBytes { bytes in
                _ = collector.watchEvent(bytes)
                collector.listItem(bytes)
            }
            _ = collector.takeEvents()
        }
    }
}
