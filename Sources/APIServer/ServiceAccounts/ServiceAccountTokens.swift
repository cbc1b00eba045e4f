import FoundationEssentials
import JWTKit
import Logging
import Synchronization

/// Issues and verifies service accounts' tokens.
final class ServiceAccountTokens: Sendable {
    /// Clocks may differ by this (seconds), as upstream has it.
    private static let leeway: Int64 = 60
    /// Tokens whose signatures are known to be good; beyond this number all are forgotten.
    private static let keptTokens = 16384

    let keys: ServiceAccountKeys
    private let objects: BoundObjects
    private let collection: JWTKeyCollection
    private let verified = Mutex(SecretTable<ServiceAccountClaims>())

    init(keys: ServiceAccountKeys, objects: BoundObjects) async {
        self.keys = keys
        self.objects = objects
        collection = JWTKeyCollection()
        for key in keys.verifying {
            let id = JWKIdentifier(string: key.id)
            switch key.material {
            case .es256(let key): await collection.add(ecdsa: key, kid: id)
            case .es384(let key): await collection.add(ecdsa: key, kid: id)
            case .es512(let key): await collection.add(ecdsa: key, kid: id)
            case .rs256(let key): await collection.add(rsa: key, digestAlgorithm: .sha256, kid: id)
            }
        }
        // The signing key last, over the public half of its pair.
        let id = JWKIdentifier(string: keys.signing.publicKey.id)
        switch keys.signing.material {
        case .es256(let key): await collection.add(ecdsa: key, kid: id)
        case .es384(let key): await collection.add(ecdsa: key, kid: id)
        case .es512(let key): await collection.add(ecdsa: key, kid: id)
        case .rs256(let key): await collection.add(rsa: key, digestAlgorithm: .sha256, kid: id)
        }
    }

    func sign(_ claims: ServiceAccountClaims) async throws -> String {
        try await collection.sign(claims, kid: JWKIdentifier(string: keys.signing.publicKey.id))
    }

    /// The service account that a token is of.
    /// - Parameter audiences: whom the token may be for; empty: the API server.
    /// - Returns: the user, and those of the audiences that the token is for.
    func user(
        token: String, audiences: [String], now: Int64 = Int64(Date().timeIntervalSince1970)
    ) async throws(AuthenticationFailure) -> (user: UserInfo, audiences: [String]) {
        let claims = try await claims(token)
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

    private func claims(_ token: String) async throws(AuthenticationFailure) -> ServiceAccountClaims {
        let known = verified.withLock { $0 }
        if let claims = known[token] { return claims }
        let claims: ServiceAccountClaims
        do {
            claims = try await collection.verify(token, as: ServiceAccountClaims.self, iteratingKeys: true)
        } catch {
            throw AuthenticationFailure("the token is not one of this server's: \(error)")
        }
        guard keys.issuers.contains(claims.iss) else {
            throw AuthenticationFailure("the token was issued by \(claims.iss)")
        }
        guard claims.sub == claims.subject else {
            throw AuthenticationFailure("the token's subject \(claims.sub) is not its service account")
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
