import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix

/// The connections to one API server.
struct ServerConnection: Sendable {
    let address: ServerAddress
    let http: HTTPClient
    private let baseURL: String
    private let fixedHeaders: HTTPHeaders

    /// - Throws: ``ConfigurationError`` if a certificate or the key is not usable.
    init(
        _ address: ServerAddress, _ configuration: ClientConfiguration, authorization: String?,
        threads: MultiThreadedEventLoopGroup
    ) throws(ConfigurationError) {
        self.address = address
        var settings = HTTPClient.Configuration()
        settings.httpVersion = .http1Only
        settings.redirectConfiguration = .disallow
        // With another server to go to, one that does not answer is soon given up.
        settings.timeout.connect = .seconds(configuration.others.isEmpty ? 10 : 2)
        // The caller retries, and wants to know at once.
        settings.connectionPool.retryConnectionEstablishment = false
        // Shorter than servers keep silent connections, so that a request rarely meets one that is being closed.
        settings.connectionPool.idleTimeout = .seconds(30)
        // Each watch holds a connection.
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 256
        settings.http1_1ConnectionDebugInitializer = KeepAlive.apply
        var headers: HTTPHeaders = ["User-Agent": configuration.userAgent, "Accept": "application/json"]
        var authority = address.authority
        if address.isSecure {
            settings.tlsConfiguration = try configuration.tlsConfiguration(place: address.description)
            if let name = configuration.tlsServerName, name != address.host {
                settings.dnsOverride = [name: address.host]
                headers.add(name: "Host", value: address.authority)
                authority = "\(name):\(address.port)"
            }
        }
        if let authorization { headers.add(name: "Authorization", value: authorization) }
        fixedHeaders = headers
        baseURL = (address.isSecure ? "https://" : "http://") + authority + address.prefix
        http = HTTPClient(eventLoopGroupProvider: .shared(threads), configuration: settings)
    }

    func execute(
        _ request: APIRequest, _ credential: RequestCredential?, timeout: Duration
    ) async throws -> HTTPClientResponse {
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
        return try await http.execute(message, timeout: TimeAmount(timeout))
    }
}
