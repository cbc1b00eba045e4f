import AsyncHTTPClient
public import Logging
import NIOCore
import NIOHTTP1
import NIOPosix

/// Talks to one Kubernetes API server. Call ``shutdown()`` before letting go of it.
public final class KubeClient: Sendable {
    /// Bytes; larger answers are refused where they would be held in memory whole: those of one object, and all others.
    static let maximumObjectSize = 8 << 20
    public static let maximumResponseSize = 64 << 20
    /// Bytes of an answer that tells of an error; the rest is not read.
    private static let maximumErrorSize = 64 << 10
    /// What a server may ask to wait for.
    private static let longestRetryAfter = 3600

    public let configuration: ClientConfiguration
    private let logger: Logger
    private let http: HTTPClient
    private let threads: MultiThreadedEventLoopGroup
    private let credentials: CredentialSource?
    private let baseURL: String
    private let fixedHeaders: HTTPHeaders
    private let limiter: RequestLimiter?
    private let observer: RequestObserver?

    /// Told of each request: its method, the status of the answer, nil if there was none, and how long until it began.
    public typealias RequestObserver = @Sendable (_ method: String, _ status: Int?, _ duration: Duration) -> Void

    /// - Throws: ``ConfigurationError`` if a certificate, the key or the token file is not usable.
    public init(
        configuration: ClientConfiguration, logger: Logger, observer: RequestObserver? = nil
    ) throws(ConfigurationError) {
        self.configuration = configuration
        self.observer = observer
        limiter = configuration.requestRate.map { RequestLimiter($0) }
        self.logger = logger
        let server = configuration.server
        var settings = HTTPClient.Configuration()
        settings.httpVersion = .http1Only
        settings.redirectConfiguration = .disallow
        settings.timeout.connect = .seconds(10)
        // The caller retries, and wants to know at once.
        settings.connectionPool.retryConnectionEstablishment = false
        // Shorter than servers keep silent connections, so that a request rarely meets one that is being closed.
        settings.connectionPool.idleTimeout = .seconds(30)
        // Each watch holds a connection.
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 256
        settings.http1_1ConnectionDebugInitializer = KeepAlive.apply
        var headers: HTTPHeaders = ["User-Agent": configuration.userAgent, "Accept": "application/json"]
        var authority = server.authority
        if server.isSecure {
            settings.tlsConfiguration = try configuration.tlsConfiguration(place: server.description)
            if let name = configuration.tlsServerName, name != server.host {
                settings.dnsOverride = [name: server.host]
                headers.add(name: "Host", value: server.authority)
                authority = "\(name):\(server.port)"
            }
        }
        let (source, authorization) = try CredentialSource.make(configuration, logger: logger)
        credentials = source
        if let authorization { headers.add(name: "Authorization", value: authorization) }
        fixedHeaders = headers
        baseURL = (server.isSecure ? "https://" : "http://") + authority + server.prefix
        threads = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        http = HTTPClient(eventLoopGroupProvider: .shared(threads), configuration: settings)
    }

    /// Ends all requests that are under way and closes the connections.
    public func shutdown() async {
        do {
            try await http.shutdown()
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

    private func execute(_ request: APIRequest, _ credential: RequestCredential?) async throws -> HTTPClientResponse {
        var message = HTTPClientRequest(url: baseURL + request.encodedTarget)
        message.method = HTTPMethod(rawValue: request.method.rawValue)
        message.headers = fixedHeaders
        if let accept = request.accept { message.headers.replaceOrAdd(name: "Accept", value: accept) }
        if let token = credential?.token { message.headers.add(name: "Authorization", value: "Bearer \(token)") }
        message.tlsConfiguration = credential?.tls
        if let body = request.body {
            message.headers.add(name: "Content-Type", value: request.contentType)
            message.body = .bytes(ByteBuffer(bytes: body))
        }
        let begin = ContinuousClock.now
        do {
            let response = try await http.execute(message, timeout: TimeAmount(configuration.requestTimeout))
            observer?(request.method.rawValue, Int(response.status.code), .now - begin)
            return response
        } catch {
            observer?(request.method.rawValue, nil, .now - begin)
            throw error
        }
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
        "\(request.method.rawValue) \(configuration.server)\(request.path)"
    }

    func apiError(_ error: any Error, _ request: String) -> APIError {
        if let error = error as? APIError { return error }
        if let error = error as? ExecPluginError { return APIError(.transport(error.description), request: request) }
        if error is CancellationError { return APIError(.cancelled, request: request) }
        return APIError(TransportFailure.cause(of: error, limit: configuration.requestTimeout), request: request)
    }
}
