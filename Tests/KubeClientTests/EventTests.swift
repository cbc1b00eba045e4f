import JSONStream
import KubeAPI
import Logging
import Testing

@testable import KubeClient

private func event(_ reason: String = "R", _ note: String = "n", name: String = "web") -> KubeEvent {
    KubeEvent(
        .warning, reason: reason, action: "Sync", note: note,
        regarding: .init(apiVersion: "v1", kind: "Service", key: ObjectKey(namespace: "ns", name: name), uid: "u"))
}

struct EventAggregatorTests {
    private static let time = MicroTime(microseconds: 0x1234)

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
        #expect(record(event(), 0) == "create R web.1234")
        #expect(record(event("R", "n2"), 1) == "-")
        #expect(record(event("R", "n3"), 29) == "-")
        #expect(record(event("Other"), 29) == "create Other web.1234")
        #expect(record(event("R", "n4"), 30) == "update n4 web.1234 4")
        #expect(record(event("R", "n5"), 31) == "-")
        #expect(aggregator.due(now: .seconds(59)).isEmpty)
        #expect(aggregator.due(now: .seconds(60)).map(Self.summary) == ["update n5 web.1234 5"])
        #expect(aggregator.due(now: .seconds(100)).isEmpty)
        #expect(record(event(), 391) == "update n web.1234 6")
        #expect(record(event(), 752) == "create R web.1234")
    }

    @Test func aFloodIsCut() {
        var aggregator = EventAggregator()
        let sent = (0..<100).filter {
            aggregator.record(event(name: "w\($0)"), now: .zero, time: Self.time) != nil
        }
        #expect(sent == Array(0..<25))
        #expect(aggregator.dropped == 75)
        #expect(aggregator.record(event(name: "x"), now: .milliseconds(999), time: Self.time) == nil)
        #expect(aggregator.record(event(name: "x"), now: .milliseconds(1000), time: Self.time) != nil)
    }

    @Test func memoryIsBounded() {
        var limits = EventAggregator.Limits()
        limits.maximumSeries = 2
        var aggregator = EventAggregator(limits: limits)
        for (second, name) in ["a", "b", "c"].enumerated() {
            _ = aggregator.record(event(name: name), now: .seconds(second), time: Self.time)
        }
        #expect(aggregator.record(event(name: "c"), now: .seconds(3), time: Self.time) == nil)
        #expect(aggregator.record(event(name: "a"), now: .seconds(3), time: Self.time) != nil)
    }

    @Test func longNamesAreCut() {
        var aggregator = EventAggregator()
        let action = aggregator.record(
            event(name: String(repeating: "a", count: 253)), now: .zero, time: MicroTime(microseconds: .max))
        guard case .create(_, let name, _) = action else {
            Issue.record("\(String(describing: action))")
            return
        }
        #expect(name.utf8.count <= 253)
    }
}

struct MicroTimeTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000000Z"), (1, "1970-01-01T00:00:00.000001Z"),
        (951_782_399_999_999, "2000-02-28T23:59:59.999999Z"), (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
        (1_772_323_199_000_000, "2026-02-28T23:59:59.000000Z"), (1_772_323_200_000_000, "2026-03-01T00:00:00.000000Z"),
        (4_107_542_400_000_000, "2100-03-01T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.999999Z"),
    ] as [(Int64, String)])
    func text(_ microseconds: Int64, _ expected: String) {
        #expect(MicroTime(microseconds: microseconds).text == expected)
    }
}

struct EventRecorderTests {
    /// Runs a recorder until the server got `count` requests.
    private func requests(
        _ count: Int, statuses: [Int], _ record: @escaping @Sendable (EventRecorder) -> Void
    ) async throws -> [FakeServer.Request] {
        let counter = Counter()
        return try await FakeServer.run { _, responder in
            let index = counter.increase() - 1
            try await responder.reply("{}", status: index < statuses.count ? statuses[index] : 201)
        } _: { server in
            try await KubeClientTests.withClient(KubeClientTests.plain(server.port)) { client in
                let clock = RetryClock(now: { .seconds(100 * counter.value) }, sleep: { _ in }, random: { $0.lowerBound })
                let recorder = EventRecorder(
                    client: client, instance: "node-1", clock: clock,
                    logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
                record(recorder)
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { await recorder.run() }
                    for _ in 0..<1000 where server.requests.count < count {
                        try? await Task.sleep(for: .milliseconds(5))
                    }
                    group.cancelAll()
                }
                return server.requests
            }
        }
    }

    @Test func anEventIsPosted() async throws {
        let requests = try await requests(2, statuses: [500]) { recorder in
            recorder.record(event(name: "lost"))
            recorder.record(event("FailedSync", String(repeating: "é", count: 600)))
        }
        let request = try #require(requests.last)
        #expect(request.method == "POST")
        #expect(request.path == "/apis/events.k8s.io/v1/namespaces/ns/events")
        let body = try JSONValue(parsing: request.body)
        #expect(body["apiVersion"] == "events.k8s.io/v1")
        #expect(body["kind"] == "Event")
        #expect(body["metadata"]?["namespace"] == "ns")
        #expect(body["metadata"]?["name"]?.stringValue?.hasPrefix("web.") == true)
        #expect(body["eventTime"]?.stringValue?.wholeMatch(of: /20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/) != nil)
        #expect(body["reportingController"] == "kube-proxy")
        #expect(body["reportingInstance"] == "node-1")
        #expect(body["type"] == "Warning")
        #expect(body["reason"] == "FailedSync")
        #expect(body["action"] == "Sync")
        #expect(body["note"]?.stringValue == String(repeating: "é", count: 512))
        #expect(
            body["regarding"]
                == ["apiVersion": "v1", "kind": "Service", "name": "web", "namespace": "ns", "uid": "u"])
        #expect(body["series"] == nil)
    }

    @Test func aRepeatUpdatesTheSeriesOrPostsItAnew() async throws {
        let requests = try await requests(4, statuses: [201, 200, 404]) { recorder in
            for note in ["one", "two", "three"] { recorder.record(event("R", note)) }
        }
        #expect(requests.map(\.method) == ["POST", "PATCH", "PATCH", "POST"])
        let name = try JSONValue(parsing: requests[0].body)["metadata"]?["name"]?.stringValue ?? ""
        #expect(requests[1].path == "/apis/events.k8s.io/v1/namespaces/ns/events/\(name)")
        let patch = try JSONValue(parsing: requests[1].body)
        #expect(patch["series"]?["count"] == 2)
        #expect(patch["note"] == "two")
        let again = try JSONValue(parsing: requests[3].body)
        #expect(again["series"]?["count"] == 3)
        #expect(again["metadata"]?["name"] == .string(name))
    }

    @Test func eventsOfTheNodeGoToDefault() async throws {
        let requests = try await requests(1, statuses: []) { recorder in
            recorder.record(
                KubeEvent(
                    .normal, reason: "Starting", action: "StartKubeProxy", note: "",
                    regarding: .init(apiVersion: "v1", kind: "Node", key: ObjectKey(namespace: "", name: "n1"))))
        }
        let request = try #require(requests.first)
        #expect(request.path == "/apis/events.k8s.io/v1/namespaces/default/events")
        #expect(try JSONValue(parsing: request.body)["regarding"]?["namespace"] == nil)
    }
}

struct Base64Tests {
    @Test(arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("\u{7F}?>", "fz8+")])
    func bothWays(_ plain: String, _ encoded: String) {
        #expect(Base64.encode(Array(plain.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(plain.utf8))
        #expect(Base64.decode(encoded.map { "\($0)\n " }.joined()) == Array(plain.utf8))
    }

    @Test(arguments: ["Z", "Zg", "Zg=", "Zm8", "Zm9v=", "Zg===", "Z=g=", "Zm9_", "====", "Zé=="])
    func bad(_ encoded: String) {
        #expect(Base64.decode(encoded) == nil)
    }
}
