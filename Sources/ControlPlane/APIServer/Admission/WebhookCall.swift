import APIObjects
import AsyncHTTPClient
import JSONStream
import KubeAPI
import NIOCore
import NIOHTTP1
import NIOSSL

/// One request to a webhook, over HTTPS.
struct WebhookCall: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) { self.description = description }
    }

    private static let largestAnswer = 3 << 20

    /// admissionregistration/v1 WebhookClientConfig.
    let config: JSONValue
    let seconds: Int64

    /// The response of an AdmissionReview.
    /// - Parameter address: of a service, by its reference.
    func post(_ review: JSONValue, address: (JSONValue) -> String?) async throws -> JSONValue {
        var configuration = HTTPClient.Configuration()
        var url = config.text("url")
        if let service = config["service"], !service.isNull {
            let host = "\(service.text("name")).\(service.text("namespace")).svc"
            guard let address = address(service), !address.isEmpty, address != "None" else {
                throw Failure("service \"\(service.text("name"))\" not found")
            }
            let path = service.text("path")
            url = "https://\(host):\(service["port"]?.integerValue ?? 443)\(path.hasPrefix("/") ? path : "/" + path)"
            // The certificate is the name's, the connection goes to the service.
            configuration.dnsOverride = [host: address]
        }
        guard url.hasPrefix("https://") else { throw Failure("its URL must begin with https://") }
        var tls = TLSConfiguration.makeClientConfiguration()
        let bundle = config.text("caBundle")
        if !bundle.isEmpty {
            guard let pem = Base64.decode(bundle), let authorities = try? NIOSSLCertificate.fromPEMBytes(pem) else {
                throw Failure("its caBundle holds no certificates in PEM")
            }
            tls.trustRoots = .certificates(authorities)
        }
        configuration.tlsConfiguration = tls
        configuration.redirectConfiguration = .disallow
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let response = try await send(review, url, client)
            try await client.shutdown()
            return response
        } catch {
            try await client.shutdown()
            throw error
        }
    }

    private func send(_ review: JSONValue, _ url: String, _ client: HTTPClient) async throws -> JSONValue {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "Accept", value: "application/json")
        request.body = .bytes(review.serialized())
        let response = try await client.execute(request, timeout: .seconds(min(max(seconds, 1), 30)))
        guard response.status == .ok else { throw Failure("it answered with status \(response.status.code)") }
        let bytes = Array(buffer: try await response.body.collect(upTo: Self.largestAnswer))
        guard let answer = try? JSONValue(parsing: bytes), let inner = answer["response"], case .object = inner else {
            throw Failure("its answer is no AdmissionReview with a response")
        }
        return inner
    }
}
