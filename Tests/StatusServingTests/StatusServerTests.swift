import APISecurity
import AsyncHTTPClient
import Logging
import NIOCore
import NIOSSL
import NetworkAddress
import Testing

@testable import StatusServing

@Suite struct StatusServerTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private static let anyPort = HostPort(address: IPAddress(ipv4: 0x7F00_0001), port: 0)

    @Test("Over TLS, with a certificate that exists in memory only", .timeLimit(.minutes(30)))
    func secure() async throws {
        let authority = try CertificateAuthority(name: "test")
        let issued = try authority.issue(.server(["localhost", "127.0.0.1"]))
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(issued.certificatePEM.utf8))
        let key = try NIOSSLPrivateKey(bytes: Array(issued.keyPEM.utf8), format: .pem)
        let tls = try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key)))
        let (endpoints, continuation) = AsyncStream.makeStream(of: HostPort.self)
        var server = StatusServer(
            name: "test", endpoint: Self.anyPort, tls: tls, isFailureFatal: true, logger: Self.logger
        ) { .text("\($0.path) \($0.isFromLoopback)") }
        server.listening = { continuation.yield($0) }
        var configuration = HTTPClient.Configuration()
        configuration.timeout.connect = .minutes(10)
        var trust = TLSConfiguration.makeClientConfiguration()
        trust.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(authority.certificatePEM.utf8)))
        configuration.tlsConfiguration = trust
        let client = HTTPClient(configuration: configuration)
        let body = try await withThrowingTaskGroup(of: Void.self) { [server] group in
            group.addTask { try await server.run() }
            var iterator = endpoints.makeAsyncIterator()
            let endpoint = try #require(await iterator.next())
            let answer = try await client.execute(
                HTTPClientRequest(url: "https://127.0.0.1:\(endpoint.port)/healthz"), timeout: .seconds(600))
            let body = String(buffer: try await answer.body.collect(upTo: 1024))
            group.cancelAll()
            return body
        }
        try await client.shutdown()
        #expect(body == "/healthz true")
    }

    @Test(.timeLimit(.minutes(30))) func whoCannotListenSaysSo() async throws {
        let taken = try await HTTPListener.bind(Self.anyPort) { _ in .notFound }
        let server = StatusServer(
            name: "test", endpoint: taken.endpoint, isFailureFatal: true, logger: Self.logger
        ) { _ in .notFound }
        await #expect(throws: StatusServer.BindFailure.self) { try await server.run() }
        await taken.close()
    }
}
