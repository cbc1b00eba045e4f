import KubeClient
import Logging
import TestSupport
import Testing

struct ReflectorTests {
    private typealias Harness = ReflectorHarness

    @Test func listsInPagesThenWatches() async throws {
        let api = FakeAPI(
            lists: [
                .answer(Widget.list(5, continue: "next page/+", Widget.json("a", 1), Widget.json("b", 2))),
                .answer(Widget.list(5, Widget.json("c", 3))),
            ],
            watches: [.stream([.send(Widget.event("ADDED", Widget.json("d", 6))), .hold])])
        let outcome = try await Harness.run(
            api, until: 5, selector: ObjectSelector(namespace: "ns", labels: "x=y,!z", fields: "metadata.name=q"),
            pageSize: 2)
        #expect(outcome.lines == ["+a@1", "+b@2", "+c@3", "=", "+d@6"])
        #expect(outcome.requests.count == 3)
        #expect(outcome.requests.allSatisfy { $0.path == "/apis/test.example/v1/namespaces/ns/widgets" })
        #expect(outcome.requests.allSatisfy { $0.query["labelSelector"] == "x%3Dy%2C%21z" })
        #expect(outcome.requests.allSatisfy { $0.query["fieldSelector"] == "metadata.name%3Dq" })
        #expect(outcome.lists.map { $0.query["limit"] } == ["2", "2"])
        #expect(outcome.lists.map { $0.query["continue"] } == [nil, "next%20page%2F%2B"])
        #expect(outcome.lists.allSatisfy { $0.query["resourceVersion"] == nil })
        let watch = try #require(outcome.watches.first)
        #expect(watch.query["resourceVersion"] == "5")
        #expect(watch.query["allowWatchBookmarks"] == "true")
        #expect(watch.query["timeoutSeconds"] == "300")
        #expect(outcome.pauses.isEmpty)
    }

    @Test func aServerThatIgnoresTheLimitAndChunksAnywhere() async throws {
        let items = (0..<3000).map { Widget.json("w\($0)", $0 + 1) }
        let list =
            #"{"items":["# + items.joined(separator: " ,\n") + #"],"kind":"WidgetList","#
            + #""metadata":{"resourceVersion":"9000"}}"#
        let outcome = try await Harness.run(
            FakeAPI(lists: [.answer(list, chunkSize: 1777)]), until: 3001, requests: 2, pageSize: 10)
        #expect(outcome.lines == (0..<3000).map { "+w\($0)@\($0 + 1)" } + ["="])
        #expect(outcome.watches.map { $0.query["resourceVersion"] } == ["9000"])
    }

    @Test func eventsOfOneChunkKeepTheirOrder() async throws {
        let events = [
            Widget.event("ADDED", Widget.json("b", 6)), Widget.event("DELETED", Widget.json("b", 7)),
            Widget.event("ADDED", Widget.json("b", 8)), Widget.event("MODIFIED", Widget.json("a", 9)),
            Widget.event("DELETED", Widget.json("never-seen", 10)),
        ].joined()
        let half = events.index(events.startIndex, offsetBy: 250)
        for steps in [
            [FakeAPI.Step.send(events)], [.send(String(events[..<half])), .pause, .send(String(events[half...]))],
        ] {
            let api = FakeAPI(
                lists: [.answer(Widget.list(5, Widget.json("a", 1)))], watches: [.stream(steps + [.hold])])
            let outcome = try await Harness.run(api, until: 6)
            #expect(outcome.lines == ["+a@1", "=", "+b@6", "-b", "+b@8", "+a@9"])
        }
    }

    @Test func aDroppedWatchGoesOnFromTheLastVersion() async throws {
        let api = FakeAPI(
            lists: [.answer(Widget.list(5, Widget.json("a", 1)))],
            watches: [
                .stream([.send(Widget.event("ADDED", Widget.json("b", 6))), .pause, .drop]),
                .stream([.send(Widget.bookmark(20))]),
                .stream([.send(Widget.event("DELETED", Widget.json("a", 21))), .pause, .send(#"{"type":"ADD"#), .drop]),
                .stream([.send(Widget.event("MODIFIED", Widget.json("b", 22, size: #""x""#)))]),
                .stream([.send(Widget.event("ADDED", Widget.json("c", 23))), .hold]),
            ])
        let outcome = try await Harness.run(api, until: 6)
        #expect(outcome.lines == ["+a@1", "=", "+b@6", "-a", "?b!", "+c@23"])
        #expect(outcome.watches.map { $0.query["resourceVersion"] } == ["5", "6", "20", "21", "22"])
        #expect(outcome.lists.count == 1)
        #expect(outcome.pauses.isEmpty)
    }

    @Test(arguments: [true, false])
    func anExpiredWatchListsAgainAndFindsWhatIsGone(_ asEvent: Bool) async throws {
        let gone = Widget.status(410, "Expired", "too old resource version")
        let api = FakeAPI(
            lists: [
                .answer(Widget.list(5, Widget.json("a", 1), Widget.json("b", 2), Widget.json("c", 3))),
                .answer(Widget.list(50, Widget.json("a", 1), Widget.json("c", 40))),
            ],
            watches: [
                asEvent ? .stream([.send(Widget.event("ERROR", gone))]) : .answer(gone, status: 410),
                .stream([.send(Widget.event("ADDED", Widget.json("d", 51))), .hold]),
            ])
        let outcome = try await Harness.run(api, until: 8)
        #expect(outcome.lines == ["+a@1", "+b@2", "+c@3", "=", "+c@40", "-b", "=", "+d@51"])
        #expect(outcome.watches.map { $0.query["resourceVersion"] } == ["5", "50"])
        #expect(outcome.pauses.isEmpty)
    }

    @Test func aNewListTakesTheVersionOfTheOldWatchOutOfUse() async throws {
        let api = FakeAPI(
            lists: [.answer(Widget.list(5)), .answer(Widget.list(50, Widget.json("a", 6)))],
            watches: [
                .stream([
                    .send(Widget.event("ADDED", Widget.json("a", 6))), .pause,
                    .send(Widget.event("ERROR", Widget.status(410, "Expired"))),
                ]),
                .stream([.pause]),
            ])
        let outcome = try await Harness.run(api, until: 3, requests: 5)
        #expect(outcome.lines == ["=", "+a@6", "="])
        #expect(outcome.watches.map { $0.query["resourceVersion"] } == ["5", "50", "50"])
    }

    @Test func anExpiredContinueTokenStartsAgainWithoutPages() async throws {
        let api = FakeAPI(
            lists: [
                .answer(Widget.list(5, continue: "t", Widget.json("a", 1), Widget.json("b", 2))),
                .answer(Widget.status(410, "Expired"), status: 410),
                .answer(Widget.list(9, Widget.json("b", 2), Widget.json("c", 8))),
            ])
        let outcome = try await Harness.run(api, until: 5, requests: 4)
        #expect(outcome.lines == ["+a@1", "+b@2", "+c@8", "-a", "="])
        #expect(outcome.lists.map { $0.query["limit"] } == ["500", "500", nil])
        #expect(outcome.watches.map { $0.query["resourceVersion"] } == ["9"])
    }

    @Test func undecodableObjectsAreReportedAndTheRestWorks() async throws {
        let api = FakeAPI(
            lists: [
                .answer(
                    Widget.list(
                        5, Widget.json("a", 1, size: #""big""#), Widget.json("b", 2), "17", #"{"spec":{"size":1}}"#,
                        Widget.json("c", 3))),
                .answer(Widget.list(9, Widget.json("b", 8, size: "[]"), Widget.json("c", 3))),
            ],
            watches: [
                .stream([
                    .send(Widget.event("MODIFIED", Widget.json("c", 6, size: "{}"))),
                    .send(Widget.event("ADDED", Widget.json("d", 7))), .pause,
                    .send(Widget.event("ERROR", Widget.status(410, "Gone"))),
                ])
            ])
        let outcome = try await Harness.run(api, until: 11)
        #expect(outcome.lines == ["?a", "+b@2", "?", "?", "+c@3", "=", "?c!", "+d@7", "?b!", "-d", "="])
    }

    @Test func aFailingServerIsAskedAgainMoreAndMoreSlowly() async throws {
        let api = FakeAPI(
            lists: [
                .answer("boom", status: 500), .answer("boom", status: 503), .answer("<html>"),
                .answer(#"{"kind":"Status"}"#), .answer(Widget.status(403, "Forbidden"), status: 403),
                .answer(Widget.list(5, Widget.json("a", 1))), .answer(Widget.list(5, Widget.json("a", 1))),
                .answer(Widget.list(5, Widget.json("a", 1))),
            ],
            watches: [
                .answer("boom", status: 500), .answer("boom", status: 503), .stream([]),
                .stream([.send("garbage"), .hold]),
                .stream([.send(Widget.event("ERROR", Widget.status(500, "InternalError"))), .hold]),
                .stream([.send(Widget.event("ADDED", Widget.json("b", 6))), .hold]),
            ])
        let outcome = try await Harness.run(api, until: 5)
        #expect(outcome.lines == ["+a@1", "=", "=", "=", "+b@6"])
        // The stream that cannot be read lists at once; the next one so soon after it waits.
        let milliseconds = [200, 400, 800, 1600, 3200] + [200, 400, 800] + [200]
        #expect(outcome.pauses == milliseconds.map { Duration.milliseconds($0) })
    }

    @Test func aListCutShortIsReadAgainWithoutRepeats() async throws {
        let page = Widget.list(5, Widget.json("a", 1), Widget.json("b", 2))
        let api = FakeAPI(
            lists: [.stream([.send(String(page.dropLast(60))), .pause, .drop]), .answer(page)])
        let outcome = try await Harness.run(api, until: 3)
        #expect(outcome.lines == ["+a@1", "+b@2", "="])
        #expect(outcome.lists.count == 2)
    }

    /// Each is followed by an event that must not be lost: by the list, since nobody knows what else was.
    @Test(
        "A watch whose stream is spoiled begins anew at once",
        arguments: [
            #"{"type":"ADDED","object":{"metadata":{"name":"x","na"#,
            #"{"type":"ADDED","object":{"metadata":"#, #"{"type":"ADDED","object":{"metadata":{"name":"x","#,
            #"{"type":"ADDED","object":{"spec":["#, #"{"type":"ADDED","object":{"spec":{"size":1"#,
            #"{"type":"ADDED","object":{"metadata":{"name":"\"#, "garbage", "\0\0", "[]", "{}",
            Widget.event("ERROR", Widget.status(500, "InternalError")), #"{"type":"ERROR","object":7}"#,
            Widget.event("ADDED", #"{"kind":"Gadget","metadata":{"name":"x"}}"#), #"{"type":"LATER","object":{}}"#,
            #"{"type":"DELETED","object":{}}"#,
        ])
    func spoiledStreams(_ spoil: String) async throws {
        let api = FakeAPI(
            lists: [
                .answer(Widget.list(5, Widget.json("a", 1))),
                .answer(Widget.list(9, Widget.json("a", 1), Widget.json("b", 6), Widget.json("c", 8))),
            ],
            watches: [
                .stream([
                    .send(Widget.event("ADDED", Widget.json("b", 6))), .pause, .send(spoil),
                    .send("\n" + Widget.event("ADDED", Widget.json("c", 8))), .hold,
                ])
            ])
        let outcome = try await Harness.run(api, until: 5, requests: 4)
        #expect(outcome.lines == ["+a@1", "=", "+b@6", "+c@8", "="])
        #expect(outcome.watches.map { $0.query["resourceVersion"] } == ["5", "9"])
        #expect(outcome.pauses.isEmpty)
    }

    @Test func aCutEventThatNothingFollowsIsNoticedByItsSilence() async throws {
        let api = FakeAPI(
            lists: [.answer(Widget.list(5)), .answer(Widget.list(7, Widget.json("b", 6)))],
            watches: [.stream([.send(#"{"type":"ADDED","object":{"metada"#), .hold])])
        var limits = ReflectorLimits()
        limits.eventSilence = .seconds(2)
        let outcome = try await Harness.run(api, until: 3, requests: 4, limits: limits)
        #expect(outcome.lines == ["=", "+b@6", "="])
    }

    @Test func aListThatStandsStillIsAskedForAgain() async throws {
        let page = Widget.list(5, Widget.json("a", 1), Widget.json("b", 2))
        let api = FakeAPI(lists: [.stream([.send(String(page.dropLast(60))), .hold]), .answer(page)])
        var limits = ReflectorLimits()
        limits.pageSilence = .seconds(2)
        let outcome = try await Harness.run(api, until: 3, limits: limits)
        #expect(outcome.lines == ["+a@1", "+b@2", "="])
        #expect(outcome.lists.count == 2)
    }

    @Test("An endless list or event ends", arguments: ["list", "pages", "bytes", "item", "event"])
    func endless(_ what: String) async throws {
        var limits = ReflectorLimits()
        limits.objects = 100
        limits.listBytes = 100_000
        let good = Widget.list(5, Widget.json("z", 1))
        let many = (0..<400).map { Widget.json("w\($0)", $0 + 1) }
        let chunk = FakeAPI.Step.send(String(repeating: "x", count: 1 << 20))
        let api =
            switch what {
            case "list":
                FakeAPI(lists: [.answer(#"{"items":["# + many.joined(separator: ",")), .answer(good)])
            case "pages":
                FakeAPI(
                    lists: many.prefix(101).map { .answer(Widget.list(5, continue: "t", $0)) } + [.answer(good)])
            case "bytes":
                FakeAPI(lists: [
                    .answer(#"{"items":[{"pad":""# + String(repeating: "x", count: 100_000) + #""}"#), .answer(good),
                ])
            case "item":
                FakeAPI(lists: [
                    .stream([.send(#"{"items":[{"pad":""#)] + Array(repeating: chunk, count: 20) + [.hold]),
                    .answer(good),
                ])
            default:
                FakeAPI(
                    lists: [.answer(Widget.list(5)), .answer(good)],
                    watches: [.stream([.send(#"{"pad":""#)] + Array(repeating: chunk, count: 20) + [.hold])])
            }
        if what == "item" { limits.listBytes = 64 << 20 }
        let counter = Counter()
        let lines = try await FakeServer.run(handler: api.handle) { [limits] server in
            try await Harness.reflect(
                port: server.port, limits: limits, clock: Harness.fastClock { _ in counter.increase() }
            ) { $0.contains("+z@1") && $0.last == "=" }
        }
        #expect(lines.count { $0.hasPrefix("+") } <= 101, "\(lines)")
        #expect(counter.value == (what == "event" ? 0 : 1))
    }

    @Test func aServerThatIsDownIsLoggedOnceAndItsReturnOnce() async throws {
        let port = Int(TestPort.next())
        let log = RecordingLog()
        let pauses = Counter()
        let clock = ReflectorHarness.fastClock { _ in pauses.increase() }
        let api = FakeAPI(lists: [.answer(Widget.list(5, Widget.json("a", 1)))])
        let lines = try await withThrowingTaskGroup(of: [String]?.self) { group in
            group.addTask {
                try await ReflectorHarness.reflect(port: port, clock: clock, logger: log.logger) { $0.count >= 2 }
            }
            group.addTask {
                while pauses.value < 5 { try await Task.sleep(for: .milliseconds(5)) }
                return try await FakeServer.run(port: port, handler: api.handle) { _ in
                    try? await Task.sleep(for: .seconds(30))
                    return nil
                }
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
        #expect(lines == ["+a@1", "="])
        #expect(log.lines.count == 2, "\(log.lines)")
        let first = try #require(log.lines.first)
        #expect(first.contains("cannot list widgets; trying again"))
        #expect(first.contains("http://127.0.0.1:\(port)/apis/test.example/v1/widgets: connection refused"))
        #expect(log.lines.last?.contains("widgets can be read again") == true)
    }

    /// The watch would go on for minutes: that this ends at all shows that cancellation ends it.
    @Test(.timeLimit(.minutes(30))) func cancellationEndsAWatch() async throws {
        let api = FakeAPI(lists: [.answer(Widget.list(5))])
        let outcome = try await Harness.run(api, until: 1, requests: 2)
        #expect(outcome.lines.last == "=")
    }
}
