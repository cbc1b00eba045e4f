import APITesting
import AsyncHTTPClient
import Foundation
import JSONStream
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import NetworkAddress
import ObjectStore
import Synchronization
import Testing

@testable import APIObjects
@testable import APISecurity
@testable import APIServer

/// A server over TLS, with an authority of its own.
struct SecureTestServer: Sendable {
    let base: String
    let authority: CertificateAuthority

    static func with(
        configure: @Sendable (inout APIServerConfiguration) throws -> Void = { _ in },
        _ body: @Sendable (SecureTestServer) async throws -> Void
    ) async throws {
        var logger = Logger(label: "test")
        logger.logLevel = .error
        let authority = try CertificateAuthority(name: "test")
        let issued = try authority.issue(.server(["localhost", "127.0.0.1"]))
        var configuration = APIServerConfiguration(
            secure: SecureServing(
                port: 0,
                certificate: try ServingCertificate(
                    chainPEM: Array(issued.certificatePEM.utf8), keyPEM: Array(issued.keyPEM.utf8))),
            serviceCIDRs: [IPNetwork("10.96.0.0/12")].compactMap { $0 }, store: MemoryStore())
        configuration.authentication.clientCertificates = try ClientCertificates(
            authoritiesPEM: try authority.certificatePEM)
        configuration.authentication.serviceAccounts = try ServiceAccountKeys(
            signingKeyPEM: ServiceAccountKeys.makeSigningKeyPEM(), issuers: ["https://test"])
        try configure(&configuration)
        let server = APIServer(configuration: configuration, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let port = try await server.ports().secure ?? 0
            try await body(SecureTestServer(base: "https://127.0.0.1:\(port)", authority: authority))
            group.cancelAll()
            _ = await group.nextResult()
        }
    }

    /// A client with the certificate of a user, or without one.
    func client(
        _ issued: CertificateAuthority.Issued? = nil, http1Only: Bool = false
    ) throws -> HTTPClient {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(try authority.certificatePEM.utf8)))
        if let issued {
            tls.certificateChain = try NIOSSLCertificate.fromPEMBytes(Array(issued.certificatePEM.utf8)).map {
                .certificate($0)
            }
            tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: Array(issued.keyPEM.utf8), format: .pem))
        }
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        // A client tries a certificate that it does not trust again until this is over.
        configuration.timeout.connect = .seconds(30)
        configuration.httpVersion = http1Only ? .http1Only : .automatic
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    func get(
        _ path: String, _ client: HTTPClient, headers: [(String, String)] = []
    ) async throws -> (code: Int, json: JSONValue, version: HTTPVersion) {
        var request = HTTPClientRequest(url: base + path)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        let response = try await client.execute(request, timeout: .seconds(600))
        let bytes = Array(buffer: try await response.body.collect(upTo: 1 << 24))
        return (Int(response.status.code), (try? JSONValue(parsing: bytes)) ?? .null, response.version)
    }

    func post(
        _ path: String, _ body: JSONValue, _ client: HTTPClient, headers: [(String, String)] = []
    ) async throws -> (code: Int, json: JSONValue) {
        var request = HTTPClientRequest(url: base + path)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        request.body = .bytes(body.serialized())
        let response = try await client.execute(request, timeout: .seconds(600))
        let bytes = Array(buffer: try await response.body.collect(upTo: 1 << 24))
        return (Int(response.status.code), (try? JSONValue(parsing: bytes)) ?? .null)
    }

    func whoAmI(_ client: HTTPClient, headers: [(String, String)] = []) async throws -> (Int, JSONValue) {
        let answer = try await post(
            "/apis/authentication.k8s.io/v1/selfsubjectreviews",
            ["apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"], client, headers: headers)
        return (answer.code, answer.json["status"]?["userInfo"] ?? answer.json)
    }
}

extension HTTPClient {
    /// Uses the client and shuts it down.
    func use<Value>(_ body: (HTTPClient) async throws -> Value) async throws -> Value {
        do {
            let value = try await body(self)
            try await shutdown()
            return value
        } catch {
            try await shutdown()
            throw error
        }
    }
}

@Suite struct TLSTests {
    private static let admin = UserInfo(name: "ann", groups: [UserInfo.privilegedGroup, "x y, z"])

    @Test(arguments: [true, false])
    func clientCertificates(_ http1Only: Bool) async throws {
        try await SecureTestServer.with { server in
            let issued = try server.authority.issue(.client(Self.admin))
            try await server.client(issued, http1Only: http1Only).use { client in
                for _ in 0..<3 {
                    let (code, user) = try await server.whoAmI(client)
                    #expect(code == 201)
                    #expect(user.text("username") == "ann")
                    #expect(user.strings("groups") == ["system:masters", "x y, z", "system:authenticated"])
                    let id = user["extra"]?.strings("authentication.kubernetes.io/credential-id").first ?? ""
                    #expect(id.hasPrefix("X509SHA256=") && id.utf8.count == 11 + 64)
                }
                let list = try await server.get("/api/v1/namespaces", client)
                #expect(list.code == 200)
                #expect(list.version == (http1Only ? .http1_1 : .http2))
            }
        }
    }

    @Test func certificatesThatAreNotGood() async throws {
        try await SecureTestServer.with { server in
            let other = try CertificateAuthority(name: "test")
            let early = Date(timeIntervalSinceNow: -3 * 365 * 86_400)
            for issued in [
                try other.issue(.client(Self.admin)), try server.authority.issue(.client(Self.admin), now: early),
                try server.authority.issue(.server(["x"])),
            ] {
                try await server.client(issued).use { client in
                    let (code, status) = try await server.whoAmI(client)
                    #expect(code == 401)
                    #expect(status.text("reason") == "Unauthorized" && status.text("message") == "Unauthorized")
                }
            }
        }
    }

    @Test func anonymousAndTokens() async throws {
        let tokens = ["good": UserInfo(name: "tom", groups: ["g"])]
        try await SecureTestServer.with(configure: {
            $0.authentication.allowsAnonymous = true
            $0.authentication.tokens = tokens
        }) { server in
            try await server.client().use { client in
                #expect(try await server.get("/healthz", client).code == 200)
                let refused = try await server.get("/api/v1/namespaces/y/services", client)
                #expect(refused.code == 403)
                #expect(
                    refused.json.text("message")
                        == #"services is forbidden: User "system:anonymous" cannot list resource "services" in API group "" in the namespace "y""#
                )
                let (code, user) = try await server.whoAmI(client, headers: [("Authorization", "Bearer good")])
                #expect(code == 201 && user.text("username") == "tom")
                #expect(user.strings("groups") == ["g", "system:authenticated"])
                // A wrong token is not taken for none.
                #expect(try await server.whoAmI(client, headers: [("Authorization", "Bearer bad")]).0 == 401)
                #expect(
                    try await server.get("/healthz", client, headers: [("Authorization", "Bearer bad")]).code == 401)
            }
        }
        try await SecureTestServer.with { server in
            try await server.client().use { client in
                let answer = try await server.get("/healthz", client)
                #expect(answer.code == 401)
            }
        }
    }

    @Test(arguments: [true, false])
    func watches(_ http1Only: Bool) async throws {
        try await SecureTestServer.with { server in
            let issued = try server.authority.issue(.client(Self.admin))
            try await server.client(issued, http1Only: http1Only).use { client in
                let request = HTTPClientRequest(url: server.base + "/api/v1/namespaces?watch=1")
                let response = try await client.execute(request, timeout: .seconds(600))
                var names: Set<String> = []
                var text = ""
                for try await piece in response.body {
                    text += String(buffer: piece)
                    while let end = text.firstIndex(of: "\n") {
                        let event = JSONValue(text: String(text[..<end]))
                        text = String(text[text.index(after: end)...])
                        names.insert(event["object"]?["metadata"]?.text("name") ?? "")
                        // Only now, so that it comes while the watch is open.
                        if names.count == 4, !names.contains("late") {
                            let made = try await server.post(
                                "/api/v1/namespaces", ["metadata": ["name": "late"]], client)
                            #expect(made.code == 201)
                        }
                    }
                    if names.contains("late") { break }
                }
                #expect(names == ["default", "kube-system", "kube-public", "kube-node-lease", "late"])
            }
        }
    }

    @Test func theLoopbackNameHasACertificateOfItsOwn() async throws {
        let box = LoopbackBox()
        try await SecureTestServer.with(configure: { configuration in
            let access = try LoopbackAccess(&configuration)
            let token = LoopbackAccess.token(for: Self.admin, &configuration)
            box.set(access, token)
        }) { server in
            let (access, token) = try #require(box.value)
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(access.authorityPEM.utf8)))
            var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
            configuration.timeout.connect = .seconds(30)
            configuration.dnsOverride = [SecureServing.loopbackName: "127.0.0.1"]
            try await HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration).use { client in
                let port = server.base.split(separator: ":").last ?? ""
                let named = SecureTestServer(
                    base: "https://\(SecureServing.loopbackName):\(port)", authority: server.authority)
                let (code, user) = try await named.whoAmI(client, headers: [("Authorization", "Bearer \(token)")])
                #expect(code == 201 && user.text("username") == "ann")
                await #expect(throws: (any Error).self) { _ = try await server.get("/healthz", client) }
            }
        }
    }
}

/// Carries what a configuration closure made.
private final class LoopbackBox: Sendable {
    private let state = Mutex<(LoopbackAccess, String)?>(nil)
    var value: (LoopbackAccess, String)? { state.withLock { $0 } }
    func set(_ access: LoopbackAccess, _ token: String) { state.withLock { $0 = (access, token) } }
}
