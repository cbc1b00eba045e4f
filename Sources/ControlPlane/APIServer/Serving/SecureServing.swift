import APIObjects
public import APISecurity
import HummingbirdCore
import HummingbirdHTTP2
import NIOCore
import NIOHTTP2
import NIOSSL

/// Where and how HTTPS is served.
public struct SecureServing: Sendable {
    /// The lowest version of TLS, by kube-apiserver's names.
    public enum MinimumVersion: String, Sendable, CaseIterable {
        case tls12 = "VersionTLS12"
        case tls13 = "VersionTLS13"
    }

    /// The address to listen on.
    public var host: String
    /// The port to listen on; 0 lets the system choose.
    public var port: Int
    public var certificate: ServingCertificate
    /// A further certificate, for clients that ask for the name ``loopbackName``: those in this process.
    public var loopbackCertificate: ServingCertificate?
    public var minimumVersion = MinimumVersion.tls12

    /// The server name by which clients in this process ask for a certificate that they know.
    public static let loopbackName = "apiserver-loopback-client"

    public init(host: String = "127.0.0.1", port: Int = 6443, certificate: ServingCertificate) {
        self.host = host
        self.port = port
        self.certificate = certificate
    }

    /// Client certificates are asked for and taken as they are; ``ClientCertificates`` judges them, so that a bad one
    /// is answered with 401 as upstream does, not with a broken connection.
    func tlsConfiguration(_ clients: ClientCertificates?) -> TLSChannelConfiguration {
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificate.chain.map { .certificate($0) }, privateKey: .privateKey(certificate.key))
        tls.minimumTLSVersion = minimumVersion == .tls13 ? .tlsv13 : .tlsv12
        tls.applicationProtocols = ["h2", "http/1.1"]
        if let loopback = loopbackCertificate {
            tls.sslContextCallback = { hello, promise in
                var override = NIOSSLContextConfigurationOverride.noChanges
                if hello.serverHostname == Self.loopbackName {
                    override.certificateChain = loopback.chain.map { .certificate($0) }
                    override.privateKey = .privateKey(loopback.key)
                }
                promise.succeed(override)
            }
        }
        guard let clients else { return TLSChannelConfiguration(tlsConfiguration: tls) }
        tls.certificateVerification = .optionalVerification
        tls.trustRoots = .certificates([])
        return TLSChannelConfiguration(
            tlsConfiguration: tls,
            customAsyncVerificationCallback: { chain in
                await clients.judge(chain)
                return .certificateVerified
            })
    }

    func builder(
        _ clients: ClientCertificates?, _ limits: ServerLimits, _ unread: UnreadAnswers
    ) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            let channel = try HTTP2UpgradeChannel(
                tlsChannelConfiguration: tlsConfiguration(clients),
                configuration: HTTP2ChannelConfiguration(streamConfiguration: limits.http1(unread)),
                responder: responder)
            return ConnectionScope(base: channel, isSecure: true, timeouts: limits.timeouts)
        }
    }
}
