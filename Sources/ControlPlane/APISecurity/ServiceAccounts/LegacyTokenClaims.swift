import JWTKit

/// The claims of a token that lies in a Secret of type `kubernetes.io/service-account-token`. It has no end of its own:
/// it is good as long as the Secret holds it.
struct LegacyTokenClaims: JWTPayload, Hashable {
    static let issuer = "kubernetes/serviceaccount"

    var iss = LegacyTokenClaims.issuer
    var sub: String
    var namespace: String
    var secret: String
    var account: String
    var uid: String

    enum CodingKeys: String, CodingKey {
        case iss, sub
        case namespace = "kubernetes.io/serviceaccount/namespace"
        case secret = "kubernetes.io/serviceaccount/secret.name"
        case account = "kubernetes.io/serviceaccount/service-account.name"
        case uid = "kubernetes.io/serviceaccount/service-account.uid"
    }

    init(namespace: String, secret: String, account: String, uid: String) {
        sub = "\(UserInfo.serviceAccountPrefix)\(namespace):\(account)"
        self.namespace = namespace
        self.secret = secret
        self.account = account
        self.uid = uid
    }

    /// Whether it is still good is judged at each use, not when the signature is.
    func verify(using algorithm: some JWTAlgorithm) {}

    var subject: String { "\(UserInfo.serviceAccountPrefix)\(namespace):\(account)" }
}

/// The claims of a service account's token of either kind. One that lies in a Secret names the Secret; the issuer alone
/// does not tell, since a server may issue others under that name.
enum TokenClaims: JWTPayload, Hashable {
    case bound(ServiceAccountClaims)
    case legacy(LegacyTokenClaims)

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: LegacyTokenClaims.CodingKeys.self)
        let isLegacy =
            try members.decode(String.self, forKey: .iss) == LegacyTokenClaims.issuer && members.contains(.secret)
        self =
            isLegacy ? .legacy(try LegacyTokenClaims(from: decoder)) : .bound(try ServiceAccountClaims(from: decoder))
    }

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .bound(let claims): try claims.encode(to: encoder)
        case .legacy(let claims): try claims.encode(to: encoder)
        }
    }

    func verify(using algorithm: some JWTAlgorithm) {}

    /// The subject, and what it has to be by the other claims.
    var subjects: (named: String, expected: String) {
        switch self {
        case .bound(let claims): (claims.sub, claims.subject)
        case .legacy(let claims): (claims.sub, claims.subject)
        }
    }
}
