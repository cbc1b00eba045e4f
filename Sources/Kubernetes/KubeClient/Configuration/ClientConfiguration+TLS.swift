import NIOSSL

extension ClientConfiguration {
    /// Checks that the certificates and the key parse and belong together.
    func checkCertificates(place: String) throws(ConfigurationError) {
        let tls = try tlsConfiguration(place: place)
        if clientCertificate != nil, (try? NIOSSLContext(configuration: tls)) == nil {
            throw ConfigurationError(place, "the client certificate and the client key do not belong together")
        }
    }

    func tlsConfiguration(place: String) throws(ConfigurationError) -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let pem = certificateAuthorities {
            let authorities = try Self.certificates(pem, "the certificate authority", place)
            tls.trustRoots = .certificates(authorities)
        }
        if skipsServerVerification { tls.certificateVerification = .none }
        if let client = clientCertificate {
            let chain = try Self.certificates(client.certificates, "the client certificate", place)
            tls.certificateChain = chain.map { .certificate($0) }
            do {
                tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: client.key, format: .pem))
            } catch {
                throw ConfigurationError(
                    place, "the client key is no private key in PEM (\"-----BEGIN PRIVATE KEY-----\")")
            }
        }
        return tls
    }

    private static func certificates(
        _ pem: [UInt8], _ what: String, _ place: String
    ) throws(ConfigurationError) -> [NIOSSLCertificate] {
        let certificates = try? NIOSSLCertificate.fromPEMBytes(pem)
        guard let certificates, !certificates.isEmpty else {
            throw ConfigurationError(place, "\(what) holds no certificate in PEM (\"-----BEGIN CERTIFICATE-----\")")
        }
        return certificates
    }
}
