import Crypto
import FoundationEssentials
import SwiftASN1
import X509

extension CertificateAuthority {
    /// Of the authority's public key: what kubeadm calls the discovery token's CA certificate hash, `sha256:` and 64
    /// hexadecimal digits.
    public var publicKeyHash: String {
        get throws {
            var serializer = DER.Serializer()
            try serializer.serialize(certificate.publicKey)
            let digits = SHA256.hash(data: serializer.serializedBytes).map { byte in
                (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
            return "sha256:" + digits.joined()
        }
    }

    /// Signs what a request asks for: its subject, its names, its key. Whether it may have them is decided elsewhere.
    /// - Parameters:
    ///   - pem: a CERTIFICATE REQUEST.
    ///   - usages: as in CertificateSigningRequests; others than those of keys for TLS are errors.
    ///   - lifetime: it ends with the authority at the latest.
    /// - Returns: the certificate in PEM.
    public func sign(request pem: String, usages: [String], lifetime: Duration) throws(Problem) -> String {
        let now = Date()
        let request: CertificateSigningRequest
        do {
            request = try CertificateSigningRequest(pemEncoded: pem)
        } catch {
            throw Problem(description: "the request cannot be read: \(error)")
        }
        guard request.publicKey.isValidSignature(request.signature, for: request) else {
            throw Problem(description: "the request is not signed with its own key")
        }
        var extended: [ExtendedKeyUsage.Usage] = []
        var (signs, enciphers) = (false, false)
        for usage in usages {
            switch usage {
            case "digital signature": signs = true
            case "key encipherment": enciphers = true
            case "client auth": extended.append(.clientAuth)
            case "server auth": extended.append(.serverAuth)
            default: throw Problem(description: "certificates for \"\(usage)\" are not signed here")
            }
        }
        do {
            let extensions = try requested(request, extended, signs: signs, enciphers: enciphers)
            let end = now + min(Self.lifetime * 10, TimeInterval(lifetime.components.seconds))
            return try signed(request, until: end, now: now, extensions) + "\n"
        } catch {
            throw Problem(description: "cannot make a certificate: \(error)")
        }
    }

    private func requested(
        _ request: CertificateSigningRequest, _ extended: [ExtendedKeyUsage.Usage], signs: Bool, enciphers: Bool
    ) throws -> Certificate.Extensions {
        let names = try request.attributes.extensionRequest?.extensions.subjectAlternativeNames
        let authority = try certificate.extensions.subjectKeyIdentifier?.keyIdentifier
        return try Certificate.Extensions {
            Critical(BasicConstraints.notCertificateAuthority)
            Critical(KeyUsage(digitalSignature: signs, keyEncipherment: enciphers))
            if !extended.isEmpty { try ExtendedKeyUsage(extended) }
            if let names { names }
            SubjectKeyIdentifier(hash: request.publicKey)
            if let authority { AuthorityKeyIdentifier(keyIdentifier: authority) }
        }
    }
}
