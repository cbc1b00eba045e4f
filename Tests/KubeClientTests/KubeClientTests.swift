import Foundation
import KubeAPI
import Logging
import NIOHTTP1
import TestSupport
import Testing

@testable import KubeClient

struct KubeClientTests {
    static func withClient<Result: Sendable>(
        _ configuration: ClientConfiguration, _ body: (KubeClient) async throws -> Result
    ) async throws -> Result {
        let client = try KubeClient(
            configuration: configuration, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        do {
            let result = try await body(client)
            await client.shutdown()
            return result
        } catch {
            await client.shutdown()
            throw error
        }
    }

    static func plain(_ port: Int, prefix: String = "", host: String = "127.0.0.1") throws -> ClientConfiguration {
        var configuration = ClientConfiguration(
            server: try ServerAddress("http://\(host):\(port)\(prefix)", place: "test"))
        configuration.requestTimeout = .seconds(600)
        return configuration
    }

    @Test func verbsArriveAsTheyWereSent() async throws {
        let key = ObjectKey(namespace: "ns", name: "a")
        let requests = try await FakeServer.run { _, responder in
            try await responder.reply(Widget.json("a", 7, size: "3"))
        } _: { server in
            try await Self.withClient(Self.plain(server.port, prefix: "/prefix/")) { client in
                #expect(try await client.get(Widget.self, key).size == 3)
                _ = try await client.create(Widget.self, namespace: "ns", Array("{}".utf8))
                _ = try await client.update(Widget.self, key, Array("{\"a\":1}".utf8))
                _ = try await client.patch(Widget.self, key, subresource: "status", .merge, Array("{}".utf8))
                try await client.delete(Widget.self, key)
                #expect(try await client.send(APIRequest(.get, "/version", query: [.init("a b", "ü&")])).count > 10)
            }
            return server.requests
        }
        let one = "/prefix/apis/test.example/v1/namespaces/ns/widgets"
        #expect(
            requests.map { "\($0.method) \($0.path)" } == [
                "GET \(one)/a", "POST \(one)", "PUT \(one)/a", "PATCH \(one)/a/status", "DELETE \(one)/a",
                "GET /prefix/version",
            ])
        #expect(requests.map { String(decoding: $0.body, as: UTF8.self) } == ["", "{}", "{\"a\":1}", "{}", "", ""])
        #expect(
            requests.map { $0.headers.first(name: "Content-Type") } == [
                nil, "application/json", "application/json", "application/merge-patch+json", nil, nil,
            ])
        #expect(requests.last?.query == ["a%20b": "%C3%BC%26"])
        #expect(requests.allSatisfy { $0.headers.first(name: "Accept") == "application/json" })
        #expect(requests.allSatisfy { $0.headers["Authorization"].isEmpty })
        let agent = try #require(requests.first?.headers.first(name: "User-Agent"))
        #expect(agent.wholeMatch(of: /viaduct\/[0-9.]+ \(linux\/(amd64|arm64)\)/) != nil)
    }

    @Test func aPageIsDecodedOrRefusedWhole() async throws {
        let pages = [
            Widget.list(5, continue: "t", Widget.json("a", 1), Widget.json("b", 2)),
            Widget.list(5, Widget.json("a", 1, size: "[]")), #"{"kind":"Widget"}"#, "",
        ]
        let counter = Counter()
        try await FakeServer.run { _, responder in
            try await responder.reply(pages[counter.increase() - 1])
        } _: { server in
            try await Self.withClient(Self.plain(server.port)) { client in
                let page = try await client.list(Widget.self, limit: 2)
                #expect(page.items.map(\.metadata.name) == ["a", "b"])
                #expect(page.resourceVersion == "5")
                #expect(page.continueToken == "t")
                for _ in 1..<4 {
                    let error = await #expect(throws: APIError.self) { try await client.list(Widget.self) }
                    guard case .invalidResponse = error?.cause else {
                        Issue.record("\(String(describing: error))")
                        continue
                    }
                }
            }
        }
    }

    @Test func errorsCarryTheStatus() async throws {
        let replies: [(Int, String)] = [
            (404, Widget.status(404, "NotFound", "no such widget")), (409, Widget.status(409, "Conflict")),
            (409, Widget.status(409, "AlreadyExists")), (410, Widget.status(410, "Expired")),
            (502, "<h1>\n bad  gateway"),
            (307, ""),
        ]
        let counter = Counter()
        let errors = try await FakeServer.run { _, responder in
            let (status, text) = replies[counter.increase() - 1]
            try await responder.reply(text, status: status, ["Retry-After": "7", "Location": "http://127.0.0.1:1/"])
        } _: { server in
            try await Self.withClient(Self.plain(server.port)) { client in
                var errors: [APIError] = []
                for _ in replies {
                    do throws(APIError) { _ = try await client.send(APIRequest(.get, "/x")) } catch {
                        errors.append(error)
                    }
                }
                #expect(errors.first?.request == "GET http://127.0.0.1:\(server.port)/x")
                return errors
            }
        }
        #expect(errors.map(\.statusCode) == [404, 409, 409, 410, 502, 307])
        #expect(errors.map(\.isNotFound) == [true, false, false, false, false, false])
        #expect(errors.map(\.isConflict) == [false, true, false, false, false, false])
        #expect(errors.map(\.isAlreadyExists) == [false, false, true, false, false, false])
        #expect(errors.map(\.isExpired) == [false, false, false, true, false, false])
        #expect(errors.first?.retryAfter == .seconds(7))
        #expect(errors.first?.description.hasSuffix("/x: 404 NotFound: no such widget") == true)
        #expect(errors.dropFirst(4).first?.description.hasSuffix("/x: 502: <h1> bad gateway") == true)
    }

    @Test(
        "An error's body may be endless, silent, or one long message, and the wait that it asks for as well",
        .timeLimit(.minutes(30)), arguments: ["endless", "silent", "long"])
    func hostileErrors(_ kind: String) async throws {
        let error: APIError = try await FakeServer.run { _, responder in
            try await responder.begin(500, ["Retry-After": kind == "long" ? "9223372036854775807" : "-5"])
            switch kind {
            case "endless":
                while true { try await responder.send(String(repeating: "x", count: 1 << 16)) }
            case "silent":
                try await responder.send("boom")
                try await Task.sleep(for: .seconds(3600))
            default: try await responder.send(Widget.status(500, "No", String(repeating: "x", count: 50_000)))
            }
            try await responder.end()
        } _: { server in
            var configuration = try Self.plain(server.port)
            configuration.requestTimeout = kind == "silent" ? .seconds(3) : .seconds(3600)
            return try await Self.withClient(configuration) { client in
                do throws(APIError) {
                    _ = try await client.stream(APIRequest(.get, "/x"))
                    return APIError(.cancelled, request: "")
                } catch { return error }
            }
        }
        let retryAfter: Duration = kind == "long" ? .seconds(3600) : .zero
        #expect(error.statusCode == 500)
        #expect(error.retryAfter == retryAfter)
        #expect(error.description.utf8.count < 5000)
    }

    @Test func noServerNoNameAndNoAnswerAreToldApart() async throws {
        let port = Int(TestPort.next())
        @Sendable func failure(_ configuration: ClientConfiguration) async throws -> String {
            try await Self.withClient(configuration) { client in
                do throws(APIError) {
                    _ = try await client.send(APIRequest(.get, "/x"))
                    return "none"
                } catch {
                    return error.description
                }
            }
        }
        #expect(
            try await failure(Self.plain(port))
                == "GET http://127.0.0.1:\(port)/x: connection refused; is the API server running?")
        #expect(
            try await failure(Self.plain(1, host: "no-such-host.invalid"))
                == "GET http://no-such-host.invalid:1/x: the host name no-such-host.invalid cannot be resolved")
        let silent = try await FakeServer.run { request, responder in
            if request.path == "/x" { try await responder.begin() }
            try await Task.sleep(for: .seconds(60))
        } _: { server in
            var configuration = try Self.plain(server.port)
            configuration.requestTimeout = .milliseconds(100)
            return try await failure(configuration)
        }
        #expect(silent.hasSuffix("/x: no answer within 0.1 seconds"))
    }

    @Test func anIPv6ServerIsReached() async throws {
        let host = try await FakeServer.run(host: "::1") { _, responder in
            try await responder.reply("{}")
        } _: { server in
            try await Self.withClient(Self.plain(server.port, host: "[::1]")) { client in
                _ = try await client.send(APIRequest(.get, "/x"))
            }
            return server.requests.first?.headers.first(name: "Host")
        }
        #expect(host?.hasPrefix("[::1]:") == true)
    }

    /// The timers of established TCP connections over IPv4 to a port.
    private static func timers(ofConnectionsTo port: Int) throws -> [String] {
        let digits = String(port, radix: 16, uppercase: true)
        let suffix = ":" + String(repeating: "0", count: 4 - digits.count) + digits
        let table = String(decoding: try FileReader.bytes(of: "/proc/net/tcp"), as: UTF8.self)
        var timers: [String] = []
        for line in table.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 5, fields[2].hasSuffix(suffix), fields[3] == "01" else { continue }
            timers.append(String(fields[5].prefix(2)))
        }
        return timers
    }

    /// A dead peer is found by the kernel: the connection's keep-alive timer (2 in `tr` of /proc/net/tcp) runs.
    @Test func connectionsProbeTheirPeer() async throws {
        let timers = try await FakeServer.run { _, responder in
            try await responder.reply("{}")
        } _: { server in
            try await Self.withClient(Self.plain(server.port)) { client in
                _ = try await client.send(APIRequest(.get, "/x"))
                return try Self.timers(ofConnectionsTo: server.port)
            }
        }
        #expect(timers == ["02"])
    }

    @Test func credentialsAreSent() async throws {
        let headers = try await FakeServer.run { _, responder in
            try await responder.reply("{}")
        } _: { server in
            for credential in [ClientConfiguration.Credential.token("abc"), .basic(username: "u", password: "p:1")] {
                var configuration = try Self.plain(server.port)
                configuration.credential = credential
                try await Self.withClient(configuration) { _ = try await $0.send(APIRequest(.get, "/x")) }
            }
            return server.requests.map { $0.headers["Authorization"] }
        }
        #expect(headers == [["Bearer abc"], ["Basic dTpwOjE="]])
    }

    @Test func aRotatedTokenFileIsReadAgainWhenTheServerRefusesTheToken() async throws {
        let directory = try TemporaryDirectory.make()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let path = directory + "/token"
        try TemporaryDirectory.write("first\n", path)
        let seen = try await FakeServer.run { request, responder in
            let isGood = request.headers.first(name: "Authorization") == "Bearer \(request.path.dropFirst())"
            try await responder.reply("{}", status: isGood ? 200 : 401)
        } _: { server in
            var configuration = try Self.plain(server.port)
            configuration.credential = .tokenFile(path)
            try await Self.withClient(configuration) { client in
                _ = try await client.send(APIRequest(.get, "/first"))
                try TemporaryDirectory.write("second", path)
                _ = try await client.send(APIRequest(.get, "/second"))
                try FileManager.default.removeItem(atPath: path)
                _ = try await client.send(APIRequest(.get, "/second"))
                let error = await #expect(throws: APIError.self) { try await client.send(APIRequest(.get, "/third")) }
                #expect(error?.statusCode == 401)
            }
            return server.requests.map { $0.headers.first(name: "Authorization") ?? "" }
        }
        #expect(
            seen == [
                "Bearer first", "Bearer first", "Bearer second", "Bearer second", "Bearer second",
            ])
    }

    @Test func unusableCredentialsAreRefusedAtOnce() throws {
        var configuration = try Self.plain(1)
        configuration.credential = .tokenFile("/no/such/token")
        #expect(
            throws: ConfigurationError(
                "bearer token", "cannot read the token file /no/such/token: No such file or directory")
        ) {
            try KubeClient(configuration: configuration, logger: Logger(label: "test"))
        }
    }
}
