import ContainerRuntime
import Crypto
import Foundation
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import HTTPTypes
import Hummingbird
import HummingbirdTLS
import JSONStream
import Logging
import NIOCore
import NIOSSL
import SwiftASN1
import Testing
import X509

@testable import NodeAgent

/// Probes against servers of this process.
@Suite struct ProbeExecutorTests {
    private static func probe(_ action: ProbeAction, within seconds: Int) async -> ProbeOutcome {
        let container = ContainerDefinition(["name": "c"], isInit: false)
        return await ProbeExecutor(runtime: FakeContainerRuntime()).run(
            action, container: "c", container, addresses: ["127.0.0.1"], timeout: .seconds(seconds))
    }

    private static func get(_ port: Int, _ path: String, scheme: String = "HTTP") throws -> ProbeAction {
        try #require(
            ProbeAction([
                "httpGet": ["port": .integer(Int64(port)), "path": .string(path), "scheme": .string(scheme)]
            ]))
    }

    private static func expect(
        _ isSuccess: Bool, _ port: Int, _ path: String, scheme: String = "HTTP",
        at location: SourceLocation = #_sourceLocation
    ) async throws {
        await expect(isSuccess, try get(port, path, scheme: scheme), at: location)
    }

    private static func expect(
        _ isSuccess: Bool, _ action: ProbeAction, within seconds: Int = 300,
        at location: SourceLocation = #_sourceLocation
    ) async {
        let outcome = await probe(action, within: seconds)
        #expect(outcome.isSuccess == isSuccess, "\(action): \(outcome.message)", sourceLocation: location)
    }

    /// A server that answers /ok, /ill, and redirects as /to/CODE?PLACE says.
    private static func serving(
        tls: TLSConfiguration? = nil, _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let responder = CallbackResponder { (request: Request, _: BasicRequestContext) in
            switch request.uri.path {
            case "/ok": return Response(status: .ok)
            case "/loop": return Response(status: .found, headers: [.location: "/loop"])
            case "/here": return Response(status: .found, headers: [.location: "/ok"])
            case "/here/ill": return Response(status: .found, headers: [.location: "/ill"])
            case "/away": return Response(status: .found, headers: [.location: "http://192.0.2.1/ill"])
            default: return Response(status: .internalServerError)
            }
        }
        let application = Application(
            responder: responder, server: try tls.map { try .tls(.http1(), tlsConfiguration: $0) } ?? .http1(),
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { port.yield($0.localAddress?.port ?? 0) },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            let found = try #require(await ports.first { _ in true })
            try await body(found)
            group.cancelAll()
        }
    }

    @Test("Redirections are followed on the same host; another host is nobody to tell how this one is")
    func redirections() async throws {
        try await Self.serving { port in
            try await Self.expect(true, port, "/ok")
            try await Self.expect(false, port, "/ill")
            try await Self.expect(true, port, "/here")
            try await Self.expect(false, port, "/here/ill")
            let away = try await Self.probe(Self.get(port, "/away"), within: 300)
            #expect(away.isSuccess && away.message.contains("redirects"))
            let loop = try await Self.probe(Self.get(port, "/loop"), within: 300)
            #expect(!loop.isSuccess && loop.message.contains("stopped after 10 redirects"))
        }
    }

    @Test("A probe by HTTPS asks for no certificate of a known authority")
    func https() async throws {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let subject = try DistinguishedName { CommonName("nobody") }
        let certificate = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: key.publicKey, notValidBefore: Date() - 60,
            notValidAfter: Date() + 3600, issuer: subject, subject: subject, extensions: .init(), issuerPrivateKey: key)
        let pem = Array(try certificate.serializeAsPEM().pemString.utf8)
        let keyPEM = Array(try key.serializeAsPEM().pemString.utf8)
        let tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(pem).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: keyPEM, format: .pem)))
        try await Self.serving(tls: tls) { port in
            try await Self.expect(true, port, "/ok", scheme: "HTTPS")
            try await Self.expect(false, port, "/ill", scheme: "HTTPS")
            try await Self.expect(false, port, "/ok")
        }
    }

    /// grpc.health.v1.Health: `sick` is not serving (2), everything else is (1).
    private struct Health: RegistrableRPCService {
        struct Bytes: MessageSerializer, MessageDeserializer {
            func serialize<Target: GRPCContiguousBytes>(_ message: [UInt8]) throws -> Target { Target(message) }
            func deserialize<Source: GRPCContiguousBytes>(_ bytes: Source) throws -> [UInt8] {
                bytes.withUnsafeBytes { Array($0) }
            }
        }

        func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
            let method = MethodDescriptor(
                fullyQualifiedService: "grpc.health.v1.Health", method: "Check", type: .unary)
            router.registerHandler(forMethod: method, deserializer: Bytes(), serializer: Bytes()) { request, _ in
                var asked: [UInt8] = []
                for try await message in request.messages { asked = message }
                let answer: [UInt8] = asked == GRPCHealthProbe.message("sick") ? [8, 2] : [8, 1]
                return StreamingServerResponse { writer in
                    try await writer.write(answer)
                    return [:]
                }
            }
        }
    }

    @Test("A gRPC probe asks the health service, of one service where it names one")
    func grpc() async throws {
        let transport = HTTP2ServerTransport.Posix(
            address: .ipv4(host: "127.0.0.1", port: 0), transportSecurity: .plaintext)
        let server = GRPCServer(transport: transport, services: [Health()])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.serve() }
            let port = Int32(try await transport.listeningAddress.ipv4?.port ?? 0)
            await Self.expect(true, .grpc(port: port, service: ""))
            await Self.expect(true, .grpc(port: port, service: "well"))
            await Self.expect(false, .grpc(port: port, service: "sick"))
            server.beginGracefulShutdown()
            group.cancelAll()
        }
        // A client of gRPC tries again until its time is over.
        await Self.expect(false, .grpc(port: 1, service: ""), within: 5)
    }
}
