import KubeClient
import NIOHTTP1
import NIOSSL
import Testing

@Suite(.enabled(if: TestCertificates.openssl != nil, "needs the openssl command"))
struct KubeClientTLSTests {
    /// Serves with one certificate and returns what a request of a client came to: `ok` or the error.
    private func attempt(
        serving name: String, host: String = "127.0.0.1", asksForClient: Bool = false,
        _ adjust: @escaping @Sendable (inout ClientConfiguration, TestCertificates) throws -> Void
    ) async throws -> (String, FakeServer.Request?) {
        let certificates = try TestCertificates()
        defer { certificates.remove() }
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(certificates.path("\(name).crt")).map {
                .certificate($0)
            },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: certificates.path("\(name).key"), format: .pem)))
        if asksForClient {
            tls.certificateVerification = .noHostnameVerification
            tls.trustRoots = .file(certificates.path("ca.crt"))
        }
        return try await FakeServer.run(host: host, tls: tls) { _, responder in
            try await responder.reply("{}")
        } _: { server in
            let literal = host.contains(":") ? "[\(host)]" : host
            var configuration = ClientConfiguration(
                server: try ServerAddress("https://\(literal):\(server.port)", place: "test"))
            configuration.certificateAuthorities = try certificates.pem("ca.crt")
            configuration.requestTimeout = .seconds(600)
            try adjust(&configuration, certificates)
            let outcome = try await KubeClientTests.withClient(configuration) { client in
                do throws(APIError) {
                    _ = try await client.send(APIRequest(.get, "/x"))
                    return "ok"
                } catch {
                    return error.description
                }
            }
            return (outcome, server.requests.first)
        }
    }

    @Test(arguments: ["127.0.0.1", "::1"])
    func addressesInTheCertificateAreAccepted(_ host: String) async throws {
        let (outcome, _) = try await attempt(serving: "server", host: host) { _, _ in }
        #expect(outcome == "ok")
    }

    @Test func aCertificateForAnotherNameIsRefused() async throws {
        let (outcome, request) = try await attempt(serving: "named") { _, _ in }
        #expect(outcome.contains("TLS: the server's certificate is not for this address"))
        #expect(request == nil)
    }

    @Test func tlsServerNameStandsInForTheHost() async throws {
        let (outcome, request) = try await attempt(serving: "named") { configuration, _ in
            configuration.tlsServerName = "viaduct.test"
        }
        #expect(outcome == "ok")
        #expect(request?.headers["Host"].first?.hasPrefix("127.0.0.1:") == true)
        #expect(request?.headers["Host"].count == 1)
        // A certificate that holds the server's address would do under any name: NIOSSL takes either.
        let (other, _) = try await attempt(serving: "named") { configuration, _ in
            configuration.tlsServerName = "other.test"
        }
        #expect(other.contains("TLS: the server's certificate is not for this address"))
    }

    @Test func anUnknownAuthorityIsRefusedUnlessVerificationIsOff() async throws {
        let (outcome, request) = try await attempt(serving: "server") { configuration, certificates in
            configuration.certificateAuthorities = try certificates.pem("client.crt")
        }
        #expect(outcome.contains("TLS: "))
        #expect(outcome.contains("is not signed by the certificate authority that is configured"))
        // The library's text names a source file where it was built.
        #expect(!outcome.contains(".cc:") && !outcome.contains(" at /"))
        #expect(request == nil)
        let (skipped, _) = try await attempt(serving: "named") { configuration, _ in
            configuration.certificateAuthorities = nil
            configuration.skipsServerVerification = true
        }
        #expect(skipped == "ok")
    }

    @Test func aClientCertificateIsShown() async throws {
        let (without, _) = try await attempt(serving: "server", asksForClient: true) { _, _ in }
        #expect(without != "ok")
        let (with, _) = try await attempt(serving: "server", asksForClient: true) { configuration, certificates in
            configuration.clientCertificate = .init(
                certificates: try certificates.pem("client.crt"), key: try certificates.pem("client.key"))
        }
        #expect(with == "ok")
    }

    @Test func aServerWithoutTLSIsNamed() async throws {
        let outcome = try await FakeServer.run { _, responder in
            try await responder.reply("{}")
        } _: { server in
            let configuration = ClientConfiguration(
                server: try ServerAddress("https://127.0.0.1:\(server.port)", place: "test"))
            return try await KubeClientTests.withClient(configuration) { client in
                do throws(APIError) {
                    _ = try await client.send(APIRequest(.get, "/x"))
                    return "ok"
                } catch {
                    return error.description
                }
            }
        }
        #expect(outcome.contains("TLS: the server does not speak TLS on this port"))
    }

    @Test func aKubeconfigWithFilesConnects() async throws {
        let (outcome, _) = try await attempt(serving: "server", asksForClient: true) { configuration, certificates in
            let file = """
                current-context: c
                contexts: [{name: c, context: {cluster: k, user: u, namespace: n}}]
                clusters: [{name: k, cluster: {server: "\(configuration.server)", certificate-authority: ca.crt}}]
                users: [{name: u, user: {client-certificate: client.crt, client-key: ./client.key}}]
                """
            try TemporaryDirectory.write(file, certificates.path("config"))
            configuration = try Kubeconfig(path: certificates.path("config")).configuration()
            #expect(configuration.namespace == "n")
            let key = try certificates.pem("client.key")
            #expect(configuration.clientCertificate?.key == key)
        }
        #expect(outcome == "ok")
    }

    @Test func aKeyOfAnotherCertificateIsRefused() throws {
        let certificates = try TestCertificates()
        defer { certificates.remove() }
        let path = certificates.path("config")
        let file = """
            current-context: c
            contexts: [{name: c, context: {cluster: k, user: u}}]
            clusters: [{name: k, cluster: {server: "https://h"}}]
            users: [{name: u, user: {client-certificate: client.crt, client-key: server.key}}]
            """
        #expect(
            throws: ConfigurationError(
                "\(path): users[\"u\"].client-certificate",
                "the client certificate and the client key do not belong together")
        ) {
            try Kubeconfig(parsing: Array(file.utf8), path: path).configuration()
        }
    }
}
