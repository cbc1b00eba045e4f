import FoundationEssentials
public import Logging
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

    private let logger: Logger?

    /// Makes the directory if it is missing.
    public init(path: String, logger: Logger? = nil) throws(Problem) {
        self.path = path
        self.logger = logger
        do {
            try ServerFile.makeDirectory(path)
        } catch {
            throw Problem(description: "\(path): the directory cannot be made: \(error)")
        }
    }

    /// Whether an authority was made here before.
    public var isUsed: Bool { ServerFile.permissions(path + "/ca.crt") != nil }

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
        let issued = try issued("apiserver", .server(names), authority, now: now) { certificate in
            guard let found = try? certificate.extensions.subjectAlternativeNames else { return false }
            return Set(found) == Set(names.map(CertificateAuthority.name))
        }
        return try explained("apiserver.crt") {
            // Hosts that join know the authority by its hash alone, and have to see it.
            let chain = try issued.certificatePEM + authority.certificatePEM + "\n"
            return try ServingCertificate(
                chainPEM: Array(chain.utf8), keyPEM: Array(issued.keyPEM.utf8),
                authorityPEM: try authority.certificatePEM)
        }
    }

    /// The certificate of a user, in NAME.crt and NAME.key, made anew if it ends soon or is of another authority.
    public func client(
        _ user: UserInfo, name: String, authority: CertificateAuthority
    ) throws(Problem) -> CertificateAuthority.Issued {
        try issued(name, .client(user), authority, now: Date()) { certificate in
            (try? CertificateAuthority.subject(.client(user))) == certificate.subject
        }
    }

    /// What is there, if it will do; otherwise a new one. That works without being written: a disk that is full keeps no
    /// server from starting.
    private func issued(
        _ name: String, _ usage: CertificateAuthority.Usage, _ authority: CertificateAuthority, now: Date,
        isWanted: (Certificate) -> Bool
    ) throws(Problem) -> CertificateAuthority.Issued {
        if let certificate = try read(name + ".crt"), let key = try read(name + ".key"),
            Self.isUsable(certificate, key, authority, now, isWanted)
        {
            return CertificateAuthority.Issued(certificatePEM: certificate, keyPEM: key)
        }
        let issued = try explained(name + ".crt") { try authority.issue(usage, now: now) }
        do {
            try ServerFile.write(issued.keyPEM, to: "\(path)/\(name).key")
            try ServerFile.write(issued.certificatePEM, to: "\(path)/\(name).crt", isSecret: false)
        } catch {
            logger?.error(
                "a new certificate is not kept", metadata: ["file": "\(path)/\(name).crt", "error": "\(error)"])
        }
        return issued
    }

    private static func isUsable(
        _ pem: String, _ keyPEM: String, _ authority: CertificateAuthority, _ now: Date,
        _ isWanted: (Certificate) -> Bool
    ) -> Bool {
        guard let certificate = try? Certificate(pemEncoded: pem), certificate.notValidAfter > now + renewal,
            authority.certificate.publicKey.isValidSignature(certificate.signature, for: certificate),
            // A process that was killed may have left a new key beside an old certificate.
            (try? Certificate.PrivateKey(pemEncoded: keyPEM))?.publicKey == certificate.publicKey
        else { return false }
        return isWanted(certificate)
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
        try explained(name) {
            if name.hasSuffix(".key") { try ServerFile.makePrivate("\(path)/\(name)") }
            return try ServerFile.readText("\(path)/\(name)")
        }
    }

    private func explained<Value>(_ name: String, _ work: () throws -> Value) throws(Problem) -> Value {
        do {
            return try work()
        } catch {
            throw Problem(description: "\(path)/\(name): \(error)")
        }
    }
}
