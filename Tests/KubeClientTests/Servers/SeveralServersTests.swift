import AsyncHTTPClient
import KubeAPI
import Logging
import NIOHTTP1
import Synchronization
import TestSupport
import Testing

@testable import KubeClient

/// Clients that know two servers.
struct SeveralServersTests {
    private static let key = ObjectKey(namespace: "ns", name: "a")

    /// How a server behaves at the moment.
    private final class Mood: Sendable {
        enum Kind: Sendable {
            case well
            /// Answers nothing.
            case silent
            case answering(Int)
            /// Takes the request and ends the connection.
            case dropping
        }

        private let kind: Mutex<Kind>

        init(_ kind: Kind) { self.kind = Mutex(kind) }

        var now: Kind {
            get { kind.withLock { $0 } }
            set { kind.withLock { $0 = newValue } }
        }

        @Sendable func handle(_ request: FakeServer.Request, _ responder: FakeServer.Responder) async throws {
            switch now {
            case .well where request.query["watch"] == "true":
                try await responder.begin()
                try await responder.send("\n")
                // Open until the client, or the test, has enough.
                try await Task.sleep(for: .seconds(60))
            case .well: try await responder.reply(Widget.json("a", 7, size: "3"))
            case .silent: try await Task.sleep(for: .seconds(60))
            case .answering(let status): try await responder.reply("{}", status: status)
            case .dropping: throw FakeServer.Drop()
            }
        }
    }

    private static func both(
        _ first: Mood, _ second: Mood,
        _ body: @escaping @Sendable (FakeServer, FakeServer, KubeClient) async throws -> Void
    ) async throws {
        try await FakeServer.run(handler: first.handle) { one in
            try await FakeServer.run(handler: second.handle) { two in
                let configuration = try ClientConfiguration(
                    servers: "http://127.0.0.1:\(one.port),http://127.0.0.1:\(two.port)", place: "test")
                try await KubeClientTests.withClient(configuration) { try await body(one, two, $0) }
            }
        }
    }

    private static func paths(_ server: FakeServer) -> [String] {
        server.requests.filter { $0.path != "/readyz" }.map { "\($0.method)" }
    }

    @Test("As long as the first server answers, the second hears nothing")
    func firstServer() async throws {
        try await Self.both(Mood(.well), Mood(.well)) {
            (one: FakeServer, two: FakeServer, client: KubeClient) async throws -> Void in
            for _ in 0..<5 { _ = try await client.get(Widget.self, Self.key) }
            #expect(Self.paths(one).count == 5 && two.requests.isEmpty)
        }
    }

    @Test("Nobody listens at the first address: reads and writes go to the second, and stay there")
    func deadServer() async throws {
        // Bound and closed again: nobody listens there.
        let dead = TestPort.next()
        try await FakeServer.run(handler: Mood(.well).handle) { two in
            let configuration = try ClientConfiguration(
                servers: "http://127.0.0.1:\(dead), http://127.0.0.1:\(two.port)", place: "test")
            try await KubeClientTests.withClient(configuration) { client in
                _ = try await client.create(Widget.self, namespace: "ns", Array("{}".utf8))
                _ = try await client.get(Widget.self, Self.key)
                #expect(Self.paths(two) == ["POST", "GET"])
            }
        }
    }

    @Test(
        "A read whose connection ends is asked again elsewhere; a write is not, for it may be done, but the next one is"
    )
    func droppedRequests() async throws {
        let first = Mood(.dropping)
        try await Self.both(first, Mood(.well)) {
            (one: FakeServer, two: FakeServer, client: KubeClient) async throws -> Void in
            #expect(try await client.get(Widget.self, Self.key).size == 3)
            #expect(Self.paths(one) == ["GET"] && Self.paths(two) == ["GET"])
        }
        try await Self.both(first, Mood(.well)) {
            (one: FakeServer, two: FakeServer, client: KubeClient) async throws -> Void in
            await #expect(throws: APIError.self) {
                _ = try await client.create(Widget.self, namespace: "ns", Array("{}".utf8))
            }
            #expect(Self.paths(one) == ["POST"] && Self.paths(two).isEmpty)
            _ = try await client.create(Widget.self, namespace: "ns", Array("{}".utf8))
            #expect(Self.paths(one) == ["POST"] && Self.paths(two) == ["POST"])
        }
    }

    @Test(
        "A server that cannot serve is left; what another kind of answer says is the answer",
        arguments: [503, 500, 404])
    func answers(_ status: Int) async throws {
        try await Self.both(Mood(.answering(status)), Mood(.well)) {
            (one: FakeServer, two: FakeServer, client: KubeClient) async throws -> Void in
            if status == 503 {
                #expect(try await client.get(Widget.self, Self.key).size == 3)
                #expect(Self.paths(two) == ["GET"])
            } else {
                await #expect(throws: APIError.self) { _ = try await client.get(Widget.self, Self.key) }
                #expect(Self.paths(two).isEmpty)
            }
        }
    }

    @Test("Where no server can serve, each is asked once and the last answer is told")
    func nobody() async throws {
        try await Self.both(Mood(.answering(503)), Mood(.answering(503))) {
            (one: FakeServer, two: FakeServer, client: KubeClient) async throws -> Void in
            do throws(APIError) {
                _ = try await client.get(Widget.self, Self.key)
                Issue.record("it succeeded")
            } catch {
                #expect(error.statusCode == 503)
            }
            #expect(Self.paths(one) == ["GET"] && Self.paths(two) == ["GET"])
        }
    }

    @Test("A server that stands still is left when another answers: by requests and by watches that are open")
    func silentServer() async throws {
        let first = Mood(.well)
        try await Self.both(first, Mood(.well)) {
            (one: FakeServer, two: FakeServer, client: KubeClient) async throws -> Void in
            let request = APIRequest(.get, "/watched", query: [.init("watch", "true")])
            let response = try await client.stream(request)
            first.now = .silent
            await #expect(throws: ServerChoice.Left.self) {
                try await client.reading { for try await _ in response.body {} }
            }
            #expect(try await client.get(Widget.self, Self.key).size == 3)
            #expect(Self.paths(two) == ["GET"])
        }
        try await Self.both(Mood(.silent), Mood(.well)) {
            (one: FakeServer, two: FakeServer, client: KubeClient) async throws -> Void in
            #expect(try await client.get(Widget.self, Self.key).size == 3)
            #expect(Self.paths(one) == ["GET"] && Self.paths(two) == ["GET"])
        }
    }

    @Test("A reflector goes on where another server is, from where it was")
    func reflector() async throws {
        let first = FakeAPI(lists: [.answer(Widget.list(7))], watches: [.stream([.hold])])
        let event = Widget.event("ADDED", Widget.json("b", 8))
        let second = FakeAPI(lists: [], watches: [.stream([.send(event), .hold])])
        try await FakeServer.run(handler: { request, responder in
            if request.path == "/readyz" { return try await responder.reply("no", status: 500) }
            try await first.handle(request, responder)
        }) { one in
            try await FakeServer.run(handler: { request, responder in
                if request.path == "/readyz" { return try await responder.reply("ok") }
                try await second.handle(request, responder)
            }) { two in
                let configuration = try ClientConfiguration(
                    servers: "http://127.0.0.1:\(one.port),http://127.0.0.1:\(two.port)", place: "test")
                try await KubeClientTests.withClient(configuration) { client in
                    let found = Mutex<[String]>([])
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        let reflector = Reflector<Widget>(client: client, logger: Logger(label: "test")) { event in
                            guard case .changed(let changes) = event else { return }
                            for case .upserted(let widget) in changes {
                                found.withLock { $0.append(widget.metadata.name) }
                            }
                        }
                        group.addTask { await reflector.run() }
                        for _ in 0..<60_000 where found.withLock({ $0.isEmpty }) {
                            try await Task.sleep(for: .milliseconds(5))
                        }
                        group.cancelAll()
                    }
                    #expect(found.withLock { $0 } == ["b"])
                    #expect(two.requests.first { $0.path != "/readyz" }?.query["resourceVersion"] == "7")
                }
            }
        }
    }
}
