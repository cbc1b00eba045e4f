import JWTKit

/// Signs the tokens that lie in Secrets. The API server takes them if it knows the key.
public struct LegacyTokenSigner: Sendable {
    private let keys: ServiceAccountKeys
    private let collection: JWTKeyCollection

    public init(_ keys: ServiceAccountKeys) async {
        self.keys = keys
        collection = JWTKeyCollection()
        await collection.add(keys.signing)
    }

    /// - Parameter privateKeyPEM: RSA or ECDSA.
    public init(privateKeyPEM: String) async throws(ServiceAccountKeys.Problem) {
        await self.init(try ServiceAccountKeys(signingKeyPEM: privateKeyPEM, issuers: []))
    }

    /// - Parameters:
    ///   - uid: the ServiceAccount's.
    ///   - secret: the name of the Secret that the token is to lie in.
    public func sign(namespace: String, account: String, uid: String, secret: String) async throws -> String {
        let claims = LegacyTokenClaims(namespace: namespace, secret: secret, account: account, uid: uid)
        return try await collection.sign(claims, kid: JWKIdentifier(string: keys.signing.publicKey.id))
    }
}

extension JWTKeyCollection {
    func add(_ key: ServiceAccountKeys.SigningKey) {
        let id = JWKIdentifier(string: key.publicKey.id)
        switch key.material {
        case .es256(let key): add(ecdsa: key, kid: id)
        case .es384(let key): add(ecdsa: key, kid: id)
        case .es512(let key): add(ecdsa: key, kid: id)
        case .rs256(let key): add(rsa: key, digestAlgorithm: .sha256, kid: id)
        }
    }

    func add(_ key: ServiceAccountKeys.VerifyingKey) {
        let id = JWKIdentifier(string: key.id)
        switch key.material {
        case .es256(let key): add(ecdsa: key, kid: id)
        case .es384(let key): add(ecdsa: key, kid: id)
        case .es512(let key): add(ecdsa: key, kid: id)
        case .rs256(let key): add(rsa: key, digestAlgorithm: .sha256, kid: id)
        }
    }
}
