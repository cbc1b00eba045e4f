import Crypto
import Foundation
import HummingbirdCore
import JSONStream
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import SwiftASN1
import Testing
import X509

@testable import APISecurity
@testable import APIServer

@Suite struct ConnectionTests {
    /// Gives back all that a client is sent until the server closes the connection.
    private func closed(_ server: TestServer, sending text: String) async throws -> String {
        let port = Int(server.base.split(separator: ":").last ?? "") ?? 0
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            if !text.isEmpty { try await outbound.write(ByteBuffer(string: text)) }
            var received = ""
            for try await bytes in inbound { received += String(buffer: bytes) }
            return received
        }
    }

    @Test(
        "A connection that says nothing, or not all of a header, is ended; so is one that has said all it had to",
        arguments: [
            "", "GET /readyz HTTP/1.1\r\nHost: 127", "GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        ])
    func silentConnections(text: String) async throws {
        let isWhole = text.hasSuffix("\r\n\r\n")
        // A whole one is not to be cut off by a busy machine.
        let patience = Duration.milliseconds(isWhole ? 3000 : 200)
        try await TestServer.with(configure: {
            $0.limits.timeouts.header = patience
            $0.limits.timeouts.idle = patience
        }) { server in
            let answer = try await closed(server, sending: text)
            #expect(isWhole ? answer.hasPrefix("HTTP/1.1 200") : answer.isEmpty)
        }
    }

    @Test("Beyond the limit connections wait, and are taken when others end")
    func connectionLimit() async throws {
        try await TestServer.with(configure: {
            $0.limits.connections = 2
            $0.limits.timeouts.header = .milliseconds(300)
        }) { server in
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<8 { group.addTask { try await closed(server, sending: "") } }
                for try await answer in group { #expect(answer.isEmpty) }
            }
        }
    }

    @Test("A connection that nobody takes, as when the server has just ended, is closed")
    func untaken() async throws {
        let scope = ConnectionScope(
            base: HTTP1Channel { _, _, _ in }, isSecure: false, timeouts: ConnectionTimeouts())
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { scope.setup(channel: $0, logger: Logger(label: "test")).map { _ in } }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(listener.localAddress?.port)
        let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port).get()
        try await client.closeFuture.get()
        try await listener.close()
    }

    @Test("A certificate is trusted once what vouches for it is shown")
    func laterTrust() async throws {
        let root = try CertificateAuthority(name: "root")
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let between = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.publicKey,
            notValidBefore: Date() - 300, notValidAfter: Date() + 3600, issuer: root.certificate.subject,
            subject: try DistinguishedName { CommonName("between") },
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
                Critical(KeyUsage(keyCertSign: true))
                SubjectKeyIdentifier(hash: key.publicKey)
            }, issuerPrivateKey: try Certificate.PrivateKey(pemEncoded: root.keyPEM))
        let issuer = try CertificateAuthority(
            certificatePEM: try between.serializeAsPEM().pemString, keyPEM: try key.serializeAsPEM().pemString)
        let leaf = try Certificate(pemEncoded: issuer.issue(.client(UserInfo(name: "a"))).certificatePEM)
        let (leafBytes, others) = (try leaf.serializeAsPEM().derBytes, [try between.serializeAsPEM().derBytes])
        let clients = try ClientCertificates(authoritiesPEM: root.certificatePEM)
        let now = Date()
        #expect(await clients.judge(leafBytes, [], at: now) == nil)
        await #expect(throws: AuthenticationFailure.self) { try await clients.user(leafBytes, now: now) }
        // The next handshake brings what was missing.
        #expect(await clients.judge(leafBytes, others, at: now)?.user.name == "a")
        #expect(try await clients.user(leafBytes, now: now)?.name == "a")
        // Strangers push nobody out whom the server trusts.
        for number in 0..<5000 {
            _ = await clients.judge([UInt8(number & 255), UInt8(number >> 8)], [], at: now)
        }
        #expect(try await clients.user(leafBytes, now: now)?.name == "a")
    }
}
