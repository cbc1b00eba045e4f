package import NIOSSL

/// A certificate chain and its key, checked to belong together.
public struct ServingCertificate: Sendable {
    public struct Problem: Error, Sendable, CustomStringConvertible {
        public var description: String
    }

    /// PEM of the authority that clients need to know, if it is in the chain.
    public let authorityPEM: String
    package let chain: [NIOSSLCertificate]
    package let key: NIOSSLPrivateKey

    /// - Parameter authorityPEM: nil: the last certificate of the chain.
    public init(chainPEM: [UInt8], keyPEM: [UInt8], authorityPEM: String? = nil) throws(Problem) {
        guard let chain = try? NIOSSLCertificate.fromPEMBytes(chainPEM), let last = chain.last else {
            throw Problem(description: "no certificate in PEM (\"-----BEGIN CERTIFICATE-----\") is in it")
        }
        guard let key = try? NIOSSLPrivateKey(bytes: keyPEM, format: .pem) else {
            throw Problem(description: "no private key in PEM (\"-----BEGIN PRIVATE KEY-----\") is in the key's file")
        }
        self.chain = chain
        self.key = key
        self.authorityPEM = authorityPEM ?? PEM.certificate(Array((try? last.toDERBytes()) ?? []))
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        guard (try? NIOSSLContext(configuration: configuration)) != nil else {
            throw Problem(description: "the certificate and the key do not belong together")
        }
    }
}
