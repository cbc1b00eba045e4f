import AsyncHTTPClient
import JSONStream
import Logging
import NIOCore
import NIOHTTP1
import NetworkAddress
import ObjectStore

@testable import APISecurity
@testable import APIServer

/// A server with an empty store on a port of its own, and a client for it.
struct TestServer: Sendable {
    let base: String
    let client: HTTPClient
    /// Sent with each request, if there is one.
    var token: String?

    struct Answer: Sendable {
        var status: Int
        var headers: [String: String]
        var bytes: [UInt8]
        var json: JSONValue { (try? JSONValue(parsing: bytes)) ?? .null }
    }

    static func with(
        store: any ObjectStore = MemoryStore(), cidrs: [String] = ["10.96.0.0/12"],
        nodePorts: ClosedRange<Int> = 30000...32767,
        configure: @Sendable (inout APIServerConfiguration) throws -> Void = { _ in },
        _ body: @Sendable (TestServer) async throws -> Void
    ) async throws {
        var logger = Logger(label: "test")
        logger.logLevel = .warning
        var configuration = APIServerConfiguration(
            plain: .init(), serviceCIDRs: cidrs.compactMap { IPNetwork($0) }, nodePortRange: nodePorts, store: store)
        // Default roles take time to make; tests of roles have them made.
        configuration.authorizationModes = [.alwaysAllow]
        // Many tests share the processors: requests may take their time.
        configuration.limits.requestTimeout = .seconds(600)
        configuration.limits.timeouts = .patient
        try configure(&configuration)
        let server = APIServer(configuration: configuration, logger: logger)
        var clientConfiguration = HTTPClient.Configuration(timeout: .init(connect: .minutes(10)))
        clientConfiguration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 32
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: clientConfiguration)
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.run() }
                let port = try await server.ports().plain ?? 0
                try await body(TestServer(base: "http://127.0.0.1:\(port)", client: client))
                group.cancelAll()
                // The server ends by cancellation.
                _ = await group.nextResult()
            }
        } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
    }

    func send(
        _ method: String, _ path: String, _ body: [UInt8]? = nil, type: String = "application/json",
        accept: String = "application/json", headers: [(String, String)] = []
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: base + path)
        request.method = .RAW(value: method)
        request.headers.add(name: "Accept", value: accept)
        request.headers.add(name: "User-Agent", value: "tests/1")
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body {
            request.headers.add(name: "Content-Type", value: type)
            request.body = .bytes(body)
        }
        let response = try await client.execute(request, timeout: .seconds(600))
        let bytes = Array(buffer: try await response.body.collect(upTo: 1 << 28))
        return Answer(
            status: Int(response.status.code),
            headers: Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { $1 }),
            bytes: bytes)
    }

    /// The same server for another user.
    func with(token: String?) -> TestServer {
        var server = self
        server.token = token
        return server
    }

    func send(_ method: String, _ path: String, _ body: JSONValue, type: String = "application/json") async throws
        -> Answer
    {
        try await send(method, path, body.serialized(), type: type)
    }
}

extension ConnectionTimeouts {
    /// For connections of clients that wait for a processor.
    static var patient: ConnectionTimeouts {
        var timeouts = ConnectionTimeouts()
        (timeouts.handshake, timeouts.header, timeouts.idle) = (.seconds(600), .seconds(600), .seconds(600))
        return timeouts
    }
}
