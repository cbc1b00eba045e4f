import APIObjects
import FoundationEssentials
import JWTKit
import Logging
import Synchronization

/// Issues and verifies service accounts' tokens.
package final class ServiceAccountTokens: Sendable {
    /// Clocks may differ by this (seconds), as upstream has it.
    private static let leeway: Int64 = 60
    /// Tokens whose signatures are known to be good; beyond this number all are forgotten.
    private static let keptTokens = 16384

    package let keys: ServiceAccountKeys
    private let objects: BoundObjects
    private let collection: JWTKeyCollection
    private let verified = Mutex(SecretTable<TokenClaims>())

    package init(keys: ServiceAccountKeys, objects: BoundObjects) async {
        self.keys = keys
        self.objects = objects
        collection = JWTKeyCollection()
        for key in keys.verifying { await collection.add(key) }
        // The signing key last, over the public half of its pair.
        await collection.add(keys.signing)
    }

    package func sign(_ claims: ServiceAccountClaims) async throws -> String {
        try await collection.sign(claims, kid: JWKIdentifier(string: keys.signing.publicKey.id))
    }

    /// The service account that a token is of.
    /// - Parameter audiences: whom the token may be for; empty: the API server.
    /// - Returns: the user, and those of the audiences that the token is for.
    func user(
        token: String, audiences: [String], now: Int64 = Int64(Date().timeIntervalSince1970)
    ) async throws(AuthenticationFailure) -> (user: UserInfo, audiences: [String]) {
        switch try await claims(token) {
        case .bound(let claims): return try await user(claims, audiences: audiences, now: now)
        case .legacy(let claims): return try await user(claims, token, audiences: audiences)
        }
    }

    private func user(
        _ claims: ServiceAccountClaims, audiences: [String], now: Int64
    ) async throws(AuthenticationFailure) -> (user: UserInfo, audiences: [String]) {
        guard now < claims.exp + Self.leeway else { throw AuthenticationFailure("the token has expired") }
        guard now > claims.nbf - Self.leeway else { throw AuthenticationFailure("the token is not valid yet") }
        let wanted = audiences.isEmpty ? keys.audiences : audiences
        let shared = claims.aud.filter(wanted.contains)
        guard !shared.isEmpty else { throw AuthenticationFailure("the token is for \(claims.aud), not for \(wanted)") }
        do throws(AuthenticationFailure) {
            try objects.check(claims, now: now)
        } catch {
            // What was only just created may not have come to the cache yet.
            try? await objects.cache.catchUp()
            try objects.check(claims, now: now)
        }
        return (user(claims), shared)
    }

    private func user(
        _ claims: LegacyTokenClaims, _ token: String, audiences: [String]
    ) async throws(AuthenticationFailure) -> (user: UserInfo, audiences: [String]) {
        // It names nobody whom it is for: it is for the API server.
        let shared = audiences.isEmpty ? keys.audiences : audiences.filter(keys.audiences.contains)
        guard !shared.isEmpty else { throw AuthenticationFailure("the token is not for \(audiences)") }
        do throws(AuthenticationFailure) {
            try objects.check(claims, token)
        } catch {
            try? await objects.cache.catchUp()
            try objects.check(claims, token)
        }
        let user = UserInfo.serviceAccount(namespace: claims.namespace, name: claims.account, uid: claims.uid)
        return (user.authenticated, shared)
    }

    private func claims(_ token: String) async throws(AuthenticationFailure) -> TokenClaims {
        let known = verified.withLock { $0 }
        if let claims = known[token] { return claims }
        let claims: TokenClaims
        do {
            claims = try await collection.verify(token, as: TokenClaims.self, iteratingKeys: true)
        } catch {
            throw AuthenticationFailure(
                "the token is not one of this server's: \(error)",
                isForeign: token.split(separator: ".", omittingEmptySubsequences: false).count != 3)
        }
        if case .bound(let claims) = claims, !keys.issuers.contains(claims.iss) {
            throw AuthenticationFailure("the token was issued by \(claims.iss)", isForeign: true)
        }
        let subjects = claims.subjects
        guard subjects.named == subjects.expected else {
            throw AuthenticationFailure("the token's subject \(subjects.named) is not its service account")
        }
        verified.withLock { verified in
            if verified.count >= Self.keptTokens { verified.removeAll() }
            verified[token] = claims
        }
        return claims
    }

    private func user(_ claims: ServiceAccountClaims) -> UserInfo {
        let account = claims.kubernetes.serviceaccount
        var user = UserInfo.serviceAccount(
            namespace: claims.kubernetes.namespace, name: account.name, uid: account.uid ?? "")
        let prefix = "authentication.kubernetes.io/"
        if let id = claims.jti { user.extra[prefix + "credential-id"] = ["JTI=\(id)"] }
        if let pod = claims.kubernetes.pod {
            user.extra[prefix + "pod-name"] = [pod.name]
            user.extra[prefix + "pod-uid"] = [pod.uid ?? ""]
        }
        if let node = claims.kubernetes.node {
            user.extra[prefix + "node-name"] = [node.name]
            if let uid = node.uid { user.extra[prefix + "node-uid"] = [uid] }
        }
        return user.authenticated
    }
}
