import Crypto
import FoundationEssentials
public import KubeClient
import NIOCore
import NIOPosix
import NIOSSL
import SwiftASN1
import X509

/// Finds the certificate of a cluster's authority by the hash of its public key, which a host that joins was told. Nothing
/// secret is sent before it is found.
public enum AuthorityDiscovery {
    /// Why the authority is not known, fit for the user.
    public struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        public var description: String
    }

    /// What the certificates of a server are measured by.
    public enum Pin: Hashable, Sendable {
        /// `sha256:` and 64 hexadecimal digits each; one of them is enough.
        case hashes([String])
        /// Whoever answers is believed.
        case unsafe
    }

    private static let timeout = TimeAmount.seconds(10)
    private static let mostCertificates = 16

    /// - Returns: the authority's certificate in PEM.
    /// - Throws: ``Problem``
    public static func discover(_ server: ServerAddress, _ pin: Pin) async throws(Problem) -> String {
        let chain: [[UInt8]]
        do {
            chain = try await shownChain(server)
        } catch {
            throw Problem(description: "\(server): no TLS server answers: \(error)")
        }
        return try authority(of: chain, pin, server: "\(server)")
    }

    /// The certificates that a server shows, whoever it is.
    private static func shownChain(_ server: ServerAddress) async throws -> [[UInt8]] {
        var configuration = TLSConfiguration.makeClientConfiguration()
        // Trust is decided by the pin; nothing but certificates is taken from this connection.
        configuration.certificateVerification = .noHostnameVerification
        configuration.minimumTLSVersion = .tlsv12
        let context = try NIOSSLContext(configuration: configuration)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let shown = loop.makePromise(of: [[UInt8]].self)
        let connecting = ClientBootstrap(group: loop).connectTimeout(timeout).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                let handler = try NIOSSLClientHandler(
                    context: context, serverHostname: nil,
                    customVerificationCallback: { chain, verified in
                        shown.succeed(chain.prefix(mostCertificates).compactMap { try? $0.toDERBytes() })
                        verified.succeed(.failed)
                    })
                try channel.pipeline.syncOperations.addHandler(handler)
            }
        }.connect(host: server.host, port: Int(server.port))
        connecting.whenComplete { result in
            switch result {
            case .failure(let error): shown.fail(error)
            case .success(let channel):
                channel.closeFuture.whenComplete { _ in shown.fail(ChannelError.eof) }
                channel.eventLoop.scheduleTask(in: timeout) { channel.close(promise: nil) }
            }
        }
        let chain = try await shown.futureResult.get()
        connecting.whenSuccess { $0.close(promise: nil) }
        return chain
    }

    /// The one among certificates (DER) that the pin means.
    static func authority(of chain: [[UInt8]], _ pin: Pin, server: String) throws(Problem) -> String {
        let known = chain.compactMap { try? Certificate(derEncoded: $0) }
        let found: Certificate?
        switch pin {
        case .unsafe: found = known.last
        case .hashes(let hashes):
            let wanted = Set(hashes.map { $0.lowercased() })
            found = known.first { certificate in hash(certificate).map { wanted.contains($0) } == true }
        }
        guard let found, let pem = try? found.serializeAsPEM().pemString else {
            let shown = known.compactMap(hash).joined(separator: ", ")
            throw Problem(
                description: "\(server) is not the server that the hash of the authority stands for: its certificates "
                    + "have \(shown.isEmpty ? "no public keys that can be read" : shown). Somebody may be in between; "
                    + "or the command is of another cluster: `viaduct up` there prints the right one")
        }
        return pem + "\n"
    }

    /// As kubeadm has it: SHA-256 of the public key's SubjectPublicKeyInfo.
    static func hash(_ certificate: Certificate) -> String? {
        var serializer = DER.Serializer()
        guard (try? serializer.serialize(certificate.publicKey)) != nil else { return nil }
        return "sha256:"
            + SHA256.hash(data: serializer.serializedBytes).map { byte in
                (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }.joined()
    }

    /// Of the first certificate of a text; nil if there is none.
    public static func hash(ofPEM text: String) -> String? {
        guard let document = try? PEMDocument.parseMultiple(pemString: text).first,
            let certificate = try? Certificate(pemDocument: document)
        else { return nil }
        return hash(certificate)
    }

    /// Whether a text can be a hash of this kind.
    public static func isHash(_ text: String) -> Bool {
        let digits = text.dropFirst("sha256:".count)
        return text.lowercased().hasPrefix("sha256:") && digits.utf8.count == 64 && digits.allSatisfy(\.isHexDigit)
    }
}
