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
    private static func feed(_ collector: inout Collector, _ event: String) throws -> APIStatus? {
        try Array(event.utf8).withUnsafeBytes { try collector.watchEvent($0) }
    }

    private static func list(_ collector: inout Collector, _ items: String...) throws {
        collector.beginList()
        for item in items { try Array(item.utf8).withUnsafeBytes { try collector.listItem($0) } }
        collector.endList()
    }

    @Test func changesAreBatchedAroundWhatIsNotReadable() throws {
        var collector = Collector()
        try Self.list(
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

    @Test func theSecondListTellsOnlyTheDifference() throws {
        var collector = Collector()
        try Self.list(&collector, Widget.json("a", 1), Widget.json("b", 2), Widget.json("c", 3))
        _ = collector.takeEvents()
        try Self.list(&collector, Widget.json("c", 3), Widget.json("a", 4), Widget.json("d", 5))
        #expect(Self.take(&collector) == ["+a@4", "+d@5", "-b", "="])
        #expect(collector.known.count == 3)
    }

    @Test func theTypeMayComeBehindTheObject() throws {
        var collector = Collector()
        let object = Widget.json("a", 7)
        try Self.feed(&collector, #"{"object":\#(object),"type":"ADDED"}"#)
        try Self.feed(&collector, #"{"object":\#(Widget.json("b", 8, size: "[]")),"type":"ADDED"}"#)
        try Self.feed(&collector, #"{"object":\#(Widget.json("a", 9)),"type":"DELETED"}"#)
        #expect(Self.take(&collector) == ["+a@7", "?b", "-a"])
        #expect(collector.resourceVersion == "9")
        let status = try #require(
            try Self.feed(&collector, #"{"object":\#(Widget.status(410, "Expired")),"type":"ERROR"}"#))
        #expect(status.code == 410)
        #expect(status.reason == "Expired")
    }

    @Test func bookmarksOnlyMoveTheVersion() throws {
        var collector = Collector()
        try Self.feed(&collector, Widget.bookmark(5))
        #expect(collector.resourceVersion == "5")
        // A bookmark of nothing, of another kind, or of a version that would fill a URL.
        try Self.feed(&collector, #"{"type":"BOOKMARK","object":{}}"#)
        try Self.feed(&collector, #"{"type":"BOOKMARK","object":{"kind":"Gadget","metadata":{"resourceVersion":"9"}}}"#)
        let long = String(repeating: "7", count: 300)
        try Self.feed(&collector, #"{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"\#(long)"}}}"#)
        #expect(collector.resourceVersion == "5")
        #expect(collector.takeEvents().isEmpty)
    }

    @Test(
        "After an event that does not tell which object changed how, only a list helps",
        arguments: [
            "{}", #"{"type":"ADDED"}"#, #"{"type":7,"object":{}}"#, #"{"type":"ADDED","object":[}"#, "{]",
            Widget.event("SOMETHING", Widget.json("a", 6)), #"{"type":"DELETED","object":{"metadata":{}}}"#,
            Widget.event("MODIFIED", #"{"kind":"Gadget","metadata":{"name":"a","namespace":"ns"}}"#),
            Widget.event("DELETED", #"{"metadata":{"name":"a","namespace":"ns"},"kind":"Gadget"}"#),
            Widget.event("ADDED", Widget.json(String(repeating: "n", count: 2000), 6)),
        ])
    func eventsThatTellNothing(_ event: String) throws {
        var collector = Collector()
        try Self.list(&collector, Widget.json("a", 1))
        _ = collector.takeEvents()
        #expect(throws: JSONError.self) { try Self.feed(&collector, event) }
        #expect(collector.takeEvents().isEmpty)
        #expect(collector.resourceVersion == "")
    }

    @Test func anObjectThatCannotBeReadAnyMoreMayStillBeDeleted() throws {
        var collector = Collector()
        try Self.feed(&collector, Widget.event("ADDED", Widget.json("a", 1)))
        try Self.feed(&collector, Widget.event("DELETED", Widget.json("a", 2, size: "[]")))
        #expect(Self.take(&collector) == ["+a@1", "-a"])
    }

    @Test func thereIsAnEndToObjects() throws {
        var collector = Collector(maximumObjects: 3)
        try Self.list(&collector, Widget.json("a", 1), Widget.json("b", 2), "17")
        // The same object again and again is an endless list as well.
        #expect(throws: JSONError.self) {
            try Self.list(
                &collector, Widget.json("a", 1), Widget.json("a", 1), Widget.json("a", 1), Widget.json("a", 1))
        }
        try Self.list(&collector, Widget.json("a", 1), Widget.json("b", 2), Widget.json("c", 3))
        try Self.feed(&collector, Widget.event("MODIFIED", Widget.json("a", 4)))
        #expect(throws: JSONError.self) { try Self.feed(&collector, Widget.event("ADDED", Widget.json("d", 5))) }
    }

    @Test func anErrorEventThatIsNoStatusEndsTheWatchAsWell() throws {
        var collector = Collector()
        let status = try #require(try Self.feed(&collector, #"{"type":"ERROR","object":[1]}"#))
        #expect(status.code == 0)
    }

    @Test func damagedEventsNeverCrash() throws {
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
                _ = try? collector.watchEvent(bytes)
                try? collector.listItem(bytes)
            }
            _ = collector.takeEvents()
        }
    }
}
