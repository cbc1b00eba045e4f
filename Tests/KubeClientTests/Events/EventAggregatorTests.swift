import KubeAPI
import Testing

@testable import KubeClient

struct EventAggregatorTests {
    private static let time = Timestamp(microseconds: 0x1234)

    private static func summary(_ action: EventAggregator.Action?) -> String {
        switch action {
        case nil: "-"
        case .create(let event, let name, _): "create \(event.reason) \(name)"
        case .update(let event, let name, let count, _): "update \(event.note) \(name) \(count)"
        }
    }

    @Test func repeatsAreCountedAndSentNowAndThen() {
        var aggregator = EventAggregator()
        func record(_ event: KubeEvent, _ seconds: Int) -> String {
            Self.summary(aggregator.record(event, now: .seconds(seconds), time: Self.time))
        }
        #expect(record(testEvent(), 0) == "create R web.1234")
        #expect(record(testEvent("R", "n2"), 1) == "-")
        #expect(record(testEvent("R", "n3"), 29) == "-")
        #expect(record(testEvent("Other"), 29) == "create Other web.1234")
        #expect(record(testEvent("R", "n4"), 30) == "update n4 web.1234 4")
        #expect(record(testEvent("R", "n5"), 31) == "-")
        #expect(aggregator.due(now: .seconds(59)).isEmpty)
        #expect(aggregator.due(now: .seconds(60)).map(Self.summary) == ["update n5 web.1234 5"])
        #expect(aggregator.due(now: .seconds(100)).isEmpty)
        #expect(record(testEvent(), 391) == "update n web.1234 6")
        #expect(record(testEvent(), 752) == "create R web.1234")
    }

    @Test func aFloodIsCut() {
        var aggregator = EventAggregator()
        let sent = (0..<100).filter {
            aggregator.record(testEvent(name: "w\($0)"), now: .zero, time: Self.time) != nil
        }
        #expect(sent == Array(0..<25))
        #expect(aggregator.dropped == 75)
        #expect(aggregator.record(testEvent(name: "x"), now: .milliseconds(999), time: Self.time) == nil)
        #expect(aggregator.record(testEvent(name: "x"), now: .milliseconds(1000), time: Self.time) != nil)
    }

    @Test func memoryIsBounded() {
        var limits = EventAggregator.Limits()
        limits.maximumSeries = 2
        var aggregator = EventAggregator(limits: limits)
        for (second, name) in ["a", "b", "c"].enumerated() {
            _ = aggregator.record(testEvent(name: name), now: .seconds(second), time: Self.time)
        }
        #expect(aggregator.record(testEvent(name: "c"), now: .seconds(3), time: Self.time) == nil)
        #expect(aggregator.record(testEvent(name: "a"), now: .seconds(3), time: Self.time) != nil)
    }

    @Test func longNamesAreCut() {
        var aggregator = EventAggregator()
        let action = aggregator.record(
            testEvent(name: String(repeating: "a", count: 253)), now: .zero, time: Timestamp(microseconds: .max))
        guard case .create(_, let name, _) = action else {
            Issue.record("\(String(describing: action))")
            return
        }
        #expect(name.utf8.count <= 253)
    }
}
