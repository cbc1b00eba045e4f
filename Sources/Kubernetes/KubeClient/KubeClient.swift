import AsyncHTTPClient
public import Logging
import NIOCore
import NIOHTTP1
import NIOPosix

/// Talks to a Kubernetes API server, or to one of several that share a store. Call ``shutdown()`` before releasing it.
public final class KubeClient: Sendable {
    /// Bytes; larger answers are refused where they would be held in memory whole: those of one object, and all others.
    static let maximumObjectSize = 8 << 20
    public static let maximumResponseSize = 64 << 20
    /// The maximum size of an error's body, in bytes; the rest is not read.
    private static let maximumErrorSize = 64 << 10
    /// What a server may ask to wait for.
    private static let longestRetryAfter = 3600

    public let configuration: ClientConfiguration
    private let logger: Logger
    private let servers: ServerChoice
    private let threads: MultiThreadedEventLoopGroup
    private let credentials: CredentialSource?
    private let limiter: RequestLimiter?
    private let observer: RequestObserver?

    /// Called after each request with its server, its method, the status of the answer (nil if there was none), and the
    /// time until the answer began.
    public typealias RequestObserver =
        @Sendable (
            _ server: ServerAddress, _ method: String, _ status: Int?, _ duration: Duration
        ) -> Void

    /// - Throws: ``ConfigurationError`` if a certificate, the key or the token file is not usable.
    public init(
        configuration: ClientConfiguration, logger: Logger, observer: RequestObserver? = nil
    ) throws(ConfigurationError) {
        self.configuration = configuration
        self.observer = observer
        limiter = configuration.requestRate.map { RequestLimiter($0) }
        self.logger = logger
        let (source, authorization) = try CredentialSource.make(configuration, logger: logger)
        credentials = source
        let threads = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        self.threads = threads
        var connections: [ServerConnection] = []
        for server in configuration.servers {
            connections.append(
                try ServerConnection(server, configuration, authorization: authorization, threads: threads))
        }
        servers = ServerChoice(connections, logger: logger)
    }

    /// Ends all requests in flight and closes the connections.
    public func shutdown() async {
        do {
            for server in servers.servers { try await server.http.shutdown() }
            try await threads.shutdownGracefully()
        } catch {
            logger.debug("the client did not shut down cleanly", metadata: ["error": "\(error)"])
        }
    }

    /// Sends a request and returns the body of the answer.
    /// - Throws: ``APIError``
    public func send(_ request: APIRequest) async throws(APIError) -> [UInt8] {
        let name = describe(request)
        let limit = configuration.requestTimeout
        do {
            return try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
                group.addTask {
                    try await self.limiter?.wait()
                    let response = try await self.stream(request)
                    let body = try await response.body.collect(upTo: request.maximumAnswer)
                    return Array(buffer: body)
                }
                group.addTask {
                    try await Task.sleep(for: limit)
                    return nil
                }
                defer { group.cancelAll() }
                guard let first = try await group.next(), let body = first else {
                    throw APIError(.timeout(limit), request: name)
                }
                return body
            }
        } catch {
            throw apiError(error, name)
        }
    }

    /// Sends a request and returns the answer as soon as it begins. Answers other than 2xx are errors.
    func stream(_ request: APIRequest) async throws(APIError) -> HTTPClientResponse {
        let name = describe(request)
        do {
            let credential = try await credentials?.current()
            var response = try await execute(request, credential)
            if response.status == .unauthorized, let credential,
                let fresh = try await credentials?.current(insteadOf: credential)
            {
                response = try await execute(request, fresh)
            }
            if (200..<300).contains(response.status.code) { return response }
            throw await failure(response, name)
        } catch {
            throw apiError(error, name)
        }
    }

    /// Asks one server after the other, as far as doing so does no harm.
    private func execute(_ request: APIRequest, _ credential: RequestCredential?) async throws -> HTTPClientResponse {
        var tries = 0
        while true {
            let server = servers.current
            tries += 1
            let isLast = tries >= servers.servers.count
            do {
                let response = try await servers.whileCurrent(server) {
                    try await self.execute(request, credential, at: self.servers.servers[server])
                }
                guard servers.hasSeveral, (502...504).contains(response.status.code) else { return response }
                servers.leave(server, "it answered \(response.status.code)")
                // What a write has done is not known.
                if isLast || request.method != .get { return response }
            } catch {
                guard servers.hasSeveral, !(error is CancellationError), !Task.isCancelled else { throw error }
                servers.leave(server, "\(apiError(error, describe(request)).cause)")
                guard !isLast, request.method == .get || TransportFailure.wasNotSent(error) else { throw error }
            }
        }
    }

    private func execute(
        _ request: APIRequest, _ credential: RequestCredential?, at server: ServerConnection
    ) async throws -> HTTPClientResponse {
        let begin = ContinuousClock.now
        do {
            let response = try await server.execute(request, credential, timeout: configuration.requestTimeout)
            observer?(server.address, request.method.rawValue, Int(response.status.code), .now - begin)
            return response
        } catch {
            observer?(server.address, request.method.rawValue, nil, .now - begin)
            throw error
        }
    }

    /// Reads an answer, until another server becomes current.
    func reading<Result: Sendable>(
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await servers.whileCurrent(servers.current, body)
    }

    private func failure(_ response: HTTPClientResponse, _ request: String) async -> APIError {
        let status = APIStatus(errorBody: await errorBody(response))
        let wait = response.headers.first(name: "Retry-After").flatMap { Int($0) }
            .map { Duration.seconds(min(max($0, 0), Self.longestRetryAfter)) }
        return APIError(
            .status(code: Int(response.status.code), reason: status.reason, message: status.message),
            request: request, retryAfter: wait)
    }

    /// What of the body comes in time, up to the limit.
    private func errorBody(_ response: HTTPClientResponse) async -> [UInt8] {
        let limit = configuration.requestTimeout
        return await withTaskGroup(of: [UInt8].self) { group in
            group.addTask {
                var body: [UInt8] = []
                // A body that breaks off says something all the same.
                try? await Self.append(response.body, to: &body)
                return body
            }
            group.addTask {
                try? await Task.sleep(for: limit)
                return []
            }
            defer { group.cancelAll() }
            return await group.next() ?? []
        }
    }

    private static func append(_ parts: HTTPClientResponse.Body, to body: inout [UInt8]) async throws {
        for try await part in parts {
            body += part.readableBytesView.prefix(maximumErrorSize - body.count)
            if body.count == maximumErrorSize { return }
        }
    }

    func describe(_ request: APIRequest) -> String {
        "\(request.method.rawValue) \(servers.servers[servers.current].address)\(request.path)"
    }

    func apiError(_ error: any Error, _ request: String) -> APIError {
        if let error = error as? APIError { return error }
        if let error = error as? ExecPluginError { return APIError(.transport(error.description), request: request) }
        if error is CancellationError { return APIError(.cancelled, request: request) }
        return APIError(TransportFailure.cause(of: error, limit: configuration.requestTimeout), request: request)
    }
}
