import Crypto
import FoundationEssentials
import NetworkAddress
import SwiftASN1
import X509

/// Signs certificates for this server and its users. Keys are ECDSA with P-256.
public struct CertificateAuthority: Sendable {
    /// A certificate and its key, in PEM.
    public struct Issued: Sendable {
        public var certificatePEM: String
        public var keyPEM: String

        public init(certificatePEM: String, keyPEM: String) {
            self.certificatePEM = certificatePEM
            self.keyPEM = keyPEM
        }
    }

    public struct Problem: Error, Sendable, CustomStringConvertible {
        public var description: String
    }

    /// What a certificate is for.
    public enum Usage: Sendable {
        /// A server with these names; addresses are among them.
        case server([String])
        case client(UserInfo)
    }

    private static let authorityLifetime = TimeInterval(10 * 365 * 86_400)
    static let lifetime = TimeInterval(365 * 86_400)
    /// Certificates begin to be valid this long ago: clocks differ.
    private static let leeway = TimeInterval(300)

    let certificate: Certificate
    private let key: Certificate.PrivateKey

    /// A new authority.
    public init(name: String) throws(Problem) { try self.init(name: name, now: Date()) }

    init(name: String, now: Date) throws(Problem) {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        do {
            let subject = try DistinguishedName { CommonName(name) }
            certificate = try Certificate(
                version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.publicKey,
                notValidBefore: now - Self.leeway, notValidAfter: now + Self.authorityLifetime, issuer: subject,
                subject: subject,
                extensions: try Certificate.Extensions {
                    Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
                    Critical(KeyUsage(digitalSignature: true, keyEncipherment: true, keyCertSign: true))
                    SubjectKeyIdentifier(hash: key.publicKey)
                }, issuerPrivateKey: key)
        } catch {
            throw Problem(description: "cannot make a certificate authority: \(error)")
        }
        self.key = key
    }

    /// One that is there.
    public init(certificatePEM: String, keyPEM: String) throws(Problem) {
        do {
            certificate = try Certificate(pemEncoded: certificatePEM)
            key = try Certificate.PrivateKey(pemEncoded: keyPEM)
        } catch {
            throw Problem(
                description: "the certificate authority cannot be read; its certificate or key is cut off or damaged")
        }
        guard key.publicKey == certificate.publicKey else {
            throw Problem(description: "the certificate authority's certificate and key do not belong together")
        }
    }

    public var certificatePEM: String { get throws { try certificate.serializeAsPEM().pemString } }
    var keyPEM: String { get throws { try key.serializeAsPEM().pemString } }

    /// A certificate with a new key, valid for a year.
    public func issue(_ usage: Usage) throws(Problem) -> Issued { try issue(usage, now: Date()) }

    func issue(_ usage: Usage, now: Date) throws(Problem) -> Issued {
        do {
            let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
            let issued = try Certificate(
                version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.publicKey,
                notValidBefore: now - Self.leeway,
                notValidAfter: min(now + Self.lifetime, certificate.notValidAfter), issuer: certificate.subject,
                subject: try Self.subject(usage), extensions: try extensions(usage, key.publicKey),
                issuerPrivateKey: self.key)
            return Issued(
                certificatePEM: try issued.serializeAsPEM().pemString + "\n",
                keyPEM: try key.serializeAsPEM().pemString + "\n")
        } catch {
            throw Problem(description: "cannot make a certificate: \(error)")
        }
    }

    static func subject(_ usage: Usage) throws -> DistinguishedName {
        switch usage {
        case .server: try DistinguishedName { CommonName("kube-apiserver") }
        case .client(let user):
            try DistinguishedName {
                for group in user.groups { OrganizationName(group) }
                CommonName(user.name)
            }
        }
    }

    /// A certificate for another's request, in PEM.
    func signed(
        _ request: CertificateSigningRequest, until end: Date, now: Date, _ extensions: Certificate.Extensions
    ) throws -> String {
        try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: request.publicKey,
            notValidBefore: now - Self.leeway, notValidAfter: min(end, certificate.notValidAfter),
            issuer: certificate.subject, subject: request.subject, extensions: extensions, issuerPrivateKey: key
        ).serializeAsPEM().pemString
    }

    private func extensions(_ usage: Usage, _ key: Certificate.PublicKey) throws -> Certificate.Extensions {
        let usages: [ExtendedKeyUsage.Usage]
        var names: [GeneralName] = []
        switch usage {
        case .client: usages = [.clientAuth]
        case .server(let all):
            usages = [.serverAuth]
            names = all.map(Self.name)
        }
        let authority = try certificate.extensions.subjectKeyIdentifier?.keyIdentifier
        return try Certificate.Extensions {
            Critical(BasicConstraints.notCertificateAuthority)
            Critical(KeyUsage(digitalSignature: true, keyEncipherment: true))
            try ExtendedKeyUsage(usages)
            if !names.isEmpty { SubjectAlternativeNames(names) }
            SubjectKeyIdentifier(hash: key)
            if let authority { AuthorityKeyIdentifier(keyIdentifier: authority) }
        }
    }

    static func name(_ text: String) -> GeneralName {
        guard let address = IPAddress(text) else { return .dnsName(text) }
        return .ipAddress(ASN1OctetString(contentBytes: address.bytes[...]))
    }
}
