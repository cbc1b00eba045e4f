import KubeAPI
import Testing

@testable import KubeClient

struct EventAggregatorTests {
    private static let time = Timestamp(microseconds: 0x1234)

    private static func summary(_ action: EventAggregator.Action?) -> String {
        switch action {
        case nil: "-"
        case .create(let event, let name, _): "create \(event.reason) \(event.note) \(name)"
        case .update(let event, let name, let count, _): "update \(event.note) \(name) \(count)"
        }
    }

    @Test func repeatsAreCountedAndSentNowAndThen() {
        var aggregator = EventAggregator()
        func record(_ event: KubeEvent, _ seconds: Int) -> String {
            Self.summary(aggregator.record(event, now: .seconds(seconds), time: Self.time))
        }
        #expect(record(testEvent(), 0) == "create R n web.1234")
        #expect(record(testEvent(), 1) == "update n web.1234 2")
        #expect(record(testEvent(), 30) == "-")
        #expect(record(testEvent("Other"), 29) == "create Other n web.1235")
        #expect(record(testEvent(), 31) == "update n web.1234 4")
        #expect(record(testEvent(), 32) == "-")
        #expect(aggregator.due(now: .seconds(60)).isEmpty)
        #expect(aggregator.due(now: .seconds(61)).map(Self.summary) == ["update n web.1234 5"])
        #expect(aggregator.due(now: .seconds(100)).isEmpty)
        #expect(record(testEvent(), 392) == "update n web.1234 6")
        #expect(record(testEvent(), 753) == "create R n web.1236")
    }

    @Test("Each of three scalings is an event of its own, under a name of its own")
    func notes() {
        var aggregator = EventAggregator()
        let told = ["from 1 to 3", "from 3 to 2", "from 2 to 5"].map { note in
            Self.summary(aggregator.record(testEvent("ScalingReplicaSet", note), now: .zero, time: Self.time))
        }
        #expect(
            told == [
                "create ScalingReplicaSet from 1 to 3 web.1234", "create ScalingReplicaSet from 3 to 2 web.1235",
                "create ScalingReplicaSet from 2 to 5 web.1236",
            ])
    }

    @Test("From the tenth of their kind on, events are combined into one; after ten minutes they are not")
    func similar() {
        var aggregator = EventAggregator()
        let told = (0..<30).map { number in
            Self.summary(aggregator.record(testEvent("R", "\(number)"), now: .seconds(number), time: Self.time))
        }
        #expect(told[..<9].allSatisfy { $0.hasPrefix("create R") })
        #expect(told[9] == "create R (combined from similar events): 9 web.123d")
        #expect(told[10] == "update (combined from similar events): 10 web.123d 2")
        #expect(told[11...].allSatisfy { $0 == "-" })
        #expect(
            aggregator.due(now: .seconds(60)).map(Self.summary)
                == ["update (combined from similar events): 29 web.123d 21"])
        let later = aggregator.record(testEvent("R", "later"), now: .seconds(700), time: Self.time)
        #expect(Self.summary(later).hasPrefix("create R later"))
    }

    @Test("One object's flood is cut and takes nothing from others")
    func floods() {
        var aggregator = EventAggregator()
        let sent = (0..<100).filter {
            aggregator.record(testEvent("R\($0)"), now: .zero, time: Self.time) != nil
        }
        #expect(sent == Array(0..<25))
        #expect(aggregator.dropped == 75)
        #expect(aggregator.record(testEvent("Again"), now: .seconds(299), time: Self.time) == nil)
        #expect(aggregator.record(testEvent("Again"), now: .seconds(301), time: Self.time) != nil)
        #expect(aggregator.record(testEvent(name: "other"), now: .seconds(301), time: Self.time) != nil)
    }

    @Test("All together are cut, too")
    func manyObjects() {
        var aggregator = EventAggregator()
        let sent = (0..<2000).filter {
            aggregator.record(testEvent(name: "w\($0)"), now: .zero, time: Self.time) != nil
        }
        #expect(sent.count == 500)
        #expect(aggregator.record(testEvent(name: "x"), now: .milliseconds(10), time: Self.time) == nil)
        #expect(aggregator.record(testEvent(name: "x"), now: .milliseconds(100), time: Self.time) != nil)
    }

    @Test func memoryIsBounded() {
        var limits = EventAggregator.Limits()
        limits.maximumSeries = 2
        var aggregator = EventAggregator(limits: limits)
        for (second, name) in ["a", "b", "c"].enumerated() {
            _ = aggregator.record(testEvent(name: name), now: .seconds(second), time: Self.time)
        }
        #expect(
            Self.summary(aggregator.record(testEvent(name: "c"), now: .seconds(3), time: Self.time)).hasPrefix("up"))
        #expect(
            Self.summary(aggregator.record(testEvent(name: "a"), now: .seconds(3), time: Self.time)).hasPrefix("cr"))
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
