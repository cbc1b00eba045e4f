import FoundationEssentials
import SwiftASN1
import SystemPackage
import X509

/// A directory with the authority, certificates and keys that this server made for itself. What is there is used;
/// what is missing is made.
public struct CertificateDirectory: Sendable {
    public struct Problem: Error, Sendable, CustomStringConvertible {
        public var description: String
    }

    /// Certificates are renewed at the start when they end within this time.
    private static let renewal = TimeInterval(90 * 86_400)

    public let path: String

    /// Makes the directory if it is missing.
    public init(path: String) throws(Problem) {
        self.path = path
        do {
            try ServerFile.makeDirectory(path)
        } catch {
            throw Problem(description: "\(path): the directory cannot be made: \(error)")
        }
    }

    /// The authority of ca.crt and ca.key.
    public func authority() throws(Problem) -> CertificateAuthority {
        if let certificate = try read("ca.crt") {
            guard let key = try read("ca.key") else {
                throw Problem(description: "\(path)/ca.key is missing beside ca.crt; restore it or remove ca.crt")
            }
            return try explained("ca.crt") { try CertificateAuthority(certificatePEM: certificate, keyPEM: key) }
        }
        return try explained("ca.crt") {
            let authority = try CertificateAuthority(name: "viaduct-ca")
            try ServerFile.write(try authority.keyPEM + "\n", to: path + "/ca.key")
            try ServerFile.write(try authority.certificatePEM + "\n", to: path + "/ca.crt", isSecret: false)
            return authority
        }
    }

    /// The certificate of apiserver.crt and apiserver.key, made anew if it ends soon, has other names, or is of another
    /// authority.
    public func serving(names: [String], authority: CertificateAuthority) throws(Problem) -> ServingCertificate {
        try serving(names: names, authority: authority, now: Date())
    }

    func serving(
        names: [String], authority: CertificateAuthority, now: Date
    ) throws(Problem) -> ServingCertificate {
        let file = "apiserver.crt"
        let (certificate, key) = (try read(file), try read("apiserver.key"))
        if let certificate, let key, Self.isUsable(certificate, names, authority, now) {
            return try explained(file) { try Self.serving(certificate, key, authority) }
        }
        return try explained(file) {
            let issued = try authority.issue(.server(names), now: now)
            try ServerFile.write(issued.keyPEM, to: path + "/apiserver.key")
            try ServerFile.write(issued.certificatePEM, to: path + "/" + file, isSecret: false)
            return try Self.serving(issued.certificatePEM, issued.keyPEM, authority)
        }
    }

    private static func serving(
        _ certificate: String, _ key: String, _ authority: CertificateAuthority
    ) throws -> ServingCertificate {
        try ServingCertificate(
            chainPEM: Array(certificate.utf8), keyPEM: Array(key.utf8), authorityPEM: try authority.certificatePEM)
    }

    private static func isUsable(
        _ pem: String, _ names: [String], _ authority: CertificateAuthority, _ now: Date
    ) -> Bool {
        guard let certificate = try? Certificate(pemEncoded: pem), certificate.notValidAfter > now + renewal,
            authority.certificate.publicKey.isValidSignature(certificate.signature, for: certificate),
            let found = try? certificate.extensions.subjectAlternativeNames
        else { return false }
        return Set(found) == Set(names.map(CertificateAuthority.name))
    }

    /// The key of sa.key, which service accounts' tokens are signed with; its public half is in sa.pub.
    public func serviceAccountKeyPEM() throws(Problem) -> String {
        if let key = try read("sa.key") { return key }
        let key = ServiceAccountKeys.makeSigningKeyPEM() + "\n"
        return try explained("sa.key") {
            try ServerFile.write(key, to: path + "/sa.key")
            let publicKey = try Certificate.PrivateKey(pemEncoded: key).publicKey.serializeAsPEM().pemString
            try ServerFile.write(publicKey + "\n", to: path + "/sa.pub", isSecret: false)
            return key
        }
    }

    /// Nil if there is no such file.
    private func read(_ name: String) throws(Problem) -> String? {
        try explained(name) { try ServerFile.readText("\(path)/\(name)") }
    }

    private func explained<Value>(_ name: String, _ work: () throws -> Value) throws(Problem) -> Value {
        do {
            return try work()
        } catch {
            throw Problem(description: "\(path)/\(name): \(error)")
        }
    }
}
