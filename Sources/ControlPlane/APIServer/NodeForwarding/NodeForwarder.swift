import APIObjects
import AsyncHTTPClient
import HTTPTunnel
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import NIOSSL

/// Sends requests on to node agents, pods and Services, and their answers back.
final class NodeForwarder: Sendable {
    /// Where a request goes to.
    struct Place: Hashable, Sendable {
        var isSecure: Bool
        var host: String
        var port: Int
        /// With the query, as it is sent.
        var target: String

        var authority: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }
        var url: String { "\(isSecure ? "https" : "http")://\(authority)\(target)" }
    }

    private let client: HTTPClient
    private let tls: NIOSSLContext

    /// Nothing more is waited for the beginning of an answer than this.
    private static let patience = TimeAmount.hours(4)
    private static let connectPatience = TimeAmount.seconds(10)

    /// - Throws: if the certificate or its key cannot be used.
    init(_ access: NodeAccess?) throws {
        // As kube-apiserver without --kubelet-certificate-authority: nodes' certificates are their own.
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        if let access {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMBytes(Array(access.certificatePEM.utf8))
                .map { .certificate($0) }
            configuration.privateKey = .privateKey(
                try NIOSSLPrivateKey(bytes: Array(access.keyPEM.utf8), format: .pem))
        }
        tls = try NIOSSLContext(configuration: configuration)
        var settings = HTTPClient.Configuration(tlsConfiguration: configuration, redirectConfiguration: .disallow)
        settings.timeout.connect = Self.connectPatience
        settings.httpVersion = .http1Only
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
    }

    func shutdown() async { try? await client.shutdown() }

    /// Headers that belong to a connection, and those that say who asks.
    private static let kept: Set<String> = [
        "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding",
        "upgrade", "authorization", "host", "content-length",
    ]

    static func isPassed(_ name: String) -> Bool {
        let name = name.lowercased()
        return !kept.contains(name) && !name.hasPrefix("impersonate-")
    }

    /// Asks, and gives the answer as soon as it begins.
    func ask(_ http: Request, _ place: Place, passesBody: Bool = true) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: place.url)
        request.method = HTTPMethod(rawValue: http.method.rawValue)
        for field in http.headers where Self.isPassed(field.name.rawName) {
            request.headers.add(name: field.name.rawName, value: field.value)
        }
        if passesBody, ![.get, .head].contains(http.method) {
            let length = http.headers[.contentLength].flatMap { Int64($0) }
            request.body = .stream(http.body, length: length.map { .known($0) } ?? .unknown)
        }
        do {
            return try await client.execute(request, timeout: Self.patience)
        } catch {
            throw StatusError(
                code: 502, reason: "BadGateway",
                message: "error trying to reach \(place.authority): \(error)")
        }
    }

    /// A body that is sent while it comes.
    static func body(_ response: HTTPClientResponse) -> ResponseBody {
        ResponseBody { writer in
            for try await part in response.body { try await writer.write(part) }
            try await writer.finish(nil)
        }
    }

    /// Hands the client's connection over. Nobody reads what is answered afterwards.
    func handOver(_ channel: any Channel, _ http: Request, to place: Place) async throws -> Response {
        guard Connection.current?.isOn(channel) == true else {
            throw StatusError.badRequest("a session needs a connection of its own (HTTP/1.1)")
        }
        let passed = http.headers.filter { field in
            let name = field.name.rawName.lowercased()
            return Self.isPassed(name) || name == "connection" || name == "upgrade"
        }
        let head = UpgradeTunnel.head(
            http.method.rawValue, place.target, host: place.authority,
            passed.map { ($0.name.rawName, $0.value) })
        let target = UpgradeTunnel.Target(host: place.host, port: place.port, tls: place.isSecure ? tls : nil)
        do {
            try await UpgradeTunnel.run(channel, to: target, head: head)
        } catch {
            throw StatusError(
                code: 502, reason: "BadGateway", message: "error trying to reach \(place.authority): \(error)")
        }
        return Response(status: .ok)
    }

    static func isUpgrade(_ http: Request) -> Bool {
        http.headers[values: .connection].contains { $0.lowercased().contains("upgrade") }
    }
}
