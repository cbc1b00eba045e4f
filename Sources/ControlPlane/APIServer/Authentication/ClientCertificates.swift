import Crypto
import FoundationEssentials
import NIOSSL
import SwiftASN1
import Synchronization
import X509

/// Judges client certificates: signed by a known authority, for clients, and neither early nor late. The common name is
/// the user, the organizations are the groups.
///
/// Chains are judged once, during the handshake; requests look the verdict up by the client's certificate.
public final class ClientCertificates: Sendable {
    public struct Problem: Error, Sendable, CustomStringConvertible {
        public var description: String
    }

    /// What a certificate is worth.
    struct Verdict: Sendable {
        var user: UserInfo
        var notBefore: Date
        var notAfter: Date
    }

    /// Verdicts beyond this number push all others out.
    private static let keptVerdicts = 4096

    private let authorities: [Certificate]
    private let verdicts = Mutex<[[UInt8]: Verdict?]>([:])

    /// - Parameter authoritiesPEM: the certificates of the authorities, in PEM.
    public init(authoritiesPEM: String) throws(Problem) {
        do {
            let documents = try PEMDocument.parseMultiple(pemString: authoritiesPEM)
            authorities = try documents.filter { $0.discriminator == "CERTIFICATE" }.map {
                try Certificate(pemDocument: $0)
            }
        } catch {
            throw Problem(description: "a certificate in it cannot be read; it may be cut off or damaged")
        }
        if authorities.isEmpty {
            throw Problem(description: "no certificate in PEM (\"-----BEGIN CERTIFICATE-----\") is in it")
        }
    }

    /// Judges the chain that a client showed, its own certificate first.
    func judge(_ chain: [NIOSSLCertificate]) async {
        guard let leaf = try? chain.first?.toDERBytes() else { return }
        let isKnown = verdicts.withLock { $0[leaf] != nil }
        guard !isKnown else { return }
        let verdict = await verdict(leaf, chain.dropFirst().compactMap { try? $0.toDERBytes() })
        verdicts.withLock { verdicts in
            if verdicts.count >= Self.keptVerdicts { verdicts.removeAll() }
            verdicts[leaf] = .some(verdict)
        }
    }

    /// The user of a certificate in DER.
    /// - Throws: ``AuthenticationFailure`` for a certificate that is not to be trusted; nil for one that names nobody.
    func user(_ leaf: [UInt8], now: Date = Date()) async throws(AuthenticationFailure) -> UserInfo? {
        let known = verdicts.withLock { $0[leaf] }
        let verdict: Verdict?
        if let known { verdict = known } else { verdict = await self.verdict(leaf, []) }
        guard let verdict else { throw AuthenticationFailure("the client certificate is not trusted") }
        guard verdict.notBefore <= now, now <= verdict.notAfter else {
            throw AuthenticationFailure("the client certificate has expired or is not yet valid")
        }
        return verdict.user.name.isEmpty ? nil : verdict.user
    }

    /// Nil for a certificate that no authority vouches for.
    private func verdict(_ leaf: [UInt8], _ others: [[UInt8]]) async -> Verdict? {
        guard let certificate = try? Certificate(derEncoded: leaf) else { return nil }
        var verifier = Verifier(rootCertificates: CertificateStore(authorities)) {
            RFC5280Policy()
            ClientUsagePolicy()
        }
        let intermediates = CertificateStore(others.compactMap { try? Certificate(derEncoded: $0) })
        guard
            case .validCertificate(let chain) = await verifier.validate(leaf: certificate, intermediates: intermediates)
        else { return nil }
        let fingerprint = SHA256.hash(data: leaf).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
        return Verdict(
            user: UserInfo(
                name: certificate.subject.values(of: .RDNAttributeType.commonName).last ?? "",
                groups: certificate.subject.values(of: .RDNAttributeType.organizationName),
                extra: ["authentication.kubernetes.io/credential-id": ["X509SHA256=\(fingerprint)"]]),
            notBefore: chain.map(\.notValidBefore).max() ?? certificate.notValidBefore,
            notAfter: chain.map(\.notValidAfter).min() ?? certificate.notValidAfter)
    }
}

/// The client's certificate must be for clients, unless it does not say what it is for.
private struct ClientUsagePolicy: VerifierPolicy {
    let verifyingCriticalExtensions: [ASN1ObjectIdentifier] = [.X509ExtensionID.extendedKeyUsage]

    mutating func chainMeetsPolicyRequirements(chain: UnverifiedCertificateChain) async -> PolicyEvaluationResult {
        guard let leaf = chain.first, let usages = try? leaf.extensions.extendedKeyUsage else { return .meetsPolicy }
        return usages.contains(.clientAuth) || usages.contains(.any)
            ? .meetsPolicy : .failsToMeetPolicy(reason: "not for clients")
    }
}

extension DistinguishedName {
    /// The texts of all attributes of one type, in order.
    fileprivate func values(of type: ASN1ObjectIdentifier) -> [String] {
        flatMap { name in name.filter { $0.type == type }.compactMap { String($0.value) } }
    }
}
