public import APISecurity

/// How parts of this process reach the server: with a certificate that exists in memory only, under a name of its own, so
/// that it works whatever certificate others see, and with a token for each part.
public struct LoopbackAccess: Sendable {
    /// PEM of the authority to trust.
    public let authorityPEM: String

    /// Makes a server's configuration ready for it.
    /// - Throws: ``CertificateAuthority/Problem`` or ``ServingCertificate/Problem``
    public init(_ configuration: inout APIServerConfiguration) throws {
        let authority = try CertificateAuthority(name: SecureServing.loopbackName)
        authorityPEM = try authority.certificatePEM
        let issued = try authority.issue(.server([SecureServing.loopbackName]))
        configuration.secure?.loopbackCertificate = try ServingCertificate(
            chainPEM: Array(issued.certificatePEM.utf8), keyPEM: Array(issued.keyPEM.utf8), authorityPEM: authorityPEM)
    }

    /// Makes a token for a user.
    public static func token(for user: UserInfo, _ configuration: inout APIServerConfiguration) -> String {
        var random = SystemRandomNumberGenerator()
        let token = (0..<4).map { _ in String(random.next(), radix: 36) }.joined()
        configuration.authentication.tokens[token] = user
        return token
    }
}
