import Crypto
import FoundationEssentials
package import NIOSSL
import SwiftASN1
import Synchronization
import X509

/// Judges client certificates: signed by a known authority, for clients, and neither early nor late. The common name is
/// the user, the organizations are the groups.
///
/// Chains are judged during the handshake; requests look the verdict up by the client's certificate. Trust is kept, for
/// as long as the certificates last. Mistrust is kept for seconds: a clock may be wrong, or the next handshake bring the
/// certificate that was missing in between.
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

    /// A certificate that was not trusted.
    private struct Refusal: Sendable {
        /// What came with it.
        var others: [[UInt8]]
        var at: Date
    }

    private struct State: Sendable {
        var trusted: [[UInt8]: Verdict] = [:]
        var refused: [[UInt8]: Refusal] = [:]
    }

    /// Verdicts beyond this number push all others of their kind out.
    private static let keptVerdicts = 4096
    private static let keptRefusals = 1024
    /// Seconds.
    private static let refusalLifetime: TimeInterval = 10
    /// Bytes of certificates between that are kept of a refused chain.
    private static let keptChain = 16 << 10

    package let authoritiesPEM: String
    private let authorities: [Certificate]
    private let state = Mutex(State())

    /// - Parameter authoritiesPEM: the certificates of the authorities, in PEM.
    public init(authoritiesPEM: String) throws(Problem) {
        self.authoritiesPEM = authoritiesPEM
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
    package func judge(_ chain: [NIOSSLCertificate]) async {
        guard let leaf = try? chain.first?.toDERBytes() else { return }
        await judge(leaf, chain.dropFirst().compactMap { try? $0.toDERBytes() }, at: Date())
    }

    @discardableResult
    func judge(_ leaf: [UInt8], _ others: [[UInt8]], at now: Date) async -> Verdict? {
        if let known = state.withLock({ $0.trusted[leaf] }) { return known }
        let verdict = await verdict(leaf, others)
        state.withLock { state in
            if let verdict {
                if state.trusted.count >= Self.keptVerdicts { state.trusted.removeAll() }
                state.trusted[leaf] = verdict
                state.refused[leaf] = nil
            } else {
                if state.refused.count >= Self.keptRefusals { state.refused.removeAll() }
                let isSmall = others.reduce(0) { $0 + $1.count } <= Self.keptChain
                state.refused[leaf] = Refusal(others: isSmall ? others : [], at: now)
            }
        }
        return verdict
    }

    /// The user of a certificate in DER.
    /// - Throws: ``AuthenticationFailure`` for a certificate that is not to be trusted; nil for one that names nobody.
    func user(_ leaf: [UInt8], now: Date = Date()) async throws(AuthenticationFailure) -> UserInfo? {
        let (trusted, refusal) = state.withLock { ($0.trusted[leaf], $0.refused[leaf]) }
        let verdict: Verdict?
        if let trusted {
            verdict = trusted
        } else if let refusal, now < refusal.at + Self.refusalLifetime {
            verdict = nil
        } else {
            verdict = await judge(leaf, refusal?.others ?? [], at: now)
        }
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
