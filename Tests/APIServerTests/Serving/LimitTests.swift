import HTTPTypes
import HummingbirdCore
import JSONStream
import NetworkAddress
import ObjectStore
import Testing

@testable import APIObjects
@testable import APISecurity
@testable import APIServer

@Suite struct LimitTests {
    private static let user = UserInfo(name: "u")
    private static let list = RequestAttributes(verb: "list", resource: "services")
    private static let create = RequestAttributes(verb: "create", resource: "services")
    private static let watch = RequestAttributes(verb: "watch", resource: "services")

    private func limiter(_ reading: Int, _ writing: Int) -> InFlightLimiter {
        var limits = ServerLimits()
        limits.requestsInFlight = reading
        limits.mutatingRequestsInFlight = writing
        return InFlightLimiter(limits)
    }

    @Test func requestsInFlight() throws {
        let limiter = limiter(2, 1)
        let first = try #require(try limiter.enter(Self.list, Self.user))
        _ = try limiter.enter(Self.list, Self.user)
        #expect(throws: StatusError.self) { try limiter.enter(Self.list, Self.user) }
        // Writing has room of its own, watches need none, masters always have some.
        _ = try limiter.enter(Self.create, Self.user)
        #expect(throws: StatusError.self) { try limiter.enter(Self.create, Self.user) }
        #expect(try limiter.enter(Self.watch, Self.user) == nil)
        #expect(try limiter.enter(Self.list, .unsecured) != nil)
        #expect(limiter.count(.readOnly) == 3 && limiter.count(.mutating) == 1)
        first.leave()
        #expect(throws: StatusError.self) { try limiter.enter(Self.list, Self.user) }
        try limiter.enter(Self.list, .unsecured)?.leave()
        #expect(limiter.count(.readOnly) == 2)
    }

    @Test func zeroIsNoLimit() throws {
        let limiter = limiter(0, 0)
        for _ in 0..<1000 { _ = try limiter.enter(Self.list, Self.user) }
        #expect(limiter.count(.readOnly) == 1000)
    }

    @Test func tooManyRequests() {
        let response = APIHandler.status(.tooManyRequests, accept: "")
        #expect(response.status.code == 429)
        #expect(response.headers[.retryAfter] == "1")
    }

    @Test func bodiesThatAreTooLarge() async throws {
        try await TestServer.with { server in
            let body: JSONValue = [
                "metadata": ["name": "a", "annotations": ["x": .string(String(repeating: "a", count: 4 << 20))]]
            ]
            let answer = try await server.send("POST", "/api/v1/namespaces", body)
            #expect(answer.status == 413)
            #expect(answer.json.text("reason") == "RequestEntityTooLarge")
        }
    }

    @Test func requestsThatTakeTooLong() async throws {
        let short = RequestDeadlines(limit: .milliseconds(10))
        let long = RequestDeadlines(limit: .seconds(60))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for deadlines in [short, long] { group.addTask { try await deadlines.watch() } }
            await #expect(throws: StatusError.self) {
                try await short.run { try await Task.sleep(for: .seconds(60)) }
            }
            // Work that does not listen is late all the same.
            await #expect(throws: StatusError.self) {
                try await short.run { while !Task.isCancelled { await Task.yield() } }
            }
            let answer = try await long.run { 7 }
            #expect(answer == 7)
            await #expect(throws: JSONError.self) { try await long.run { throw JSONError(.unexpectedEnd, offset: 0) } }
            group.cancelAll()
        }
    }

    @Test func requestsEndWithTheirConnection() async throws {
        let deadlines = RequestDeadlines(limit: .seconds(60))
        await #expect(throws: CancellationError.self) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await deadlines.run { try await Task.sleep(for: .seconds(60)) } }
                group.cancelAll()
                try await group.next()
            }
        }
    }

    @Test(arguments: ["0.0.0.0", "::", "10.0.0.1", "localhost", "", "127.0.0.1", "::1"])
    func plainHTTPIsForLoopbackOnly(_ host: String) throws {
        let configuration = APIServerConfiguration(
            plain: .init(host: host), serviceCIDRs: [try #require(IPNetwork("10.0.0.0/16"))], store: MemoryStore())
        if ["127.0.0.1", "::1"].contains(host) {
            try configuration.validate()
        } else {
            #expect(throws: APIServerConfiguration.Invalid.self) { try configuration.validate() }
        }
    }
}
