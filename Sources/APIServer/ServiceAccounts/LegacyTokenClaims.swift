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

/// The claims of a service account's token of either kind; the issuer tells which.
enum TokenClaims: JWTPayload, Hashable {
    case bound(ServiceAccountClaims)
    case legacy(LegacyTokenClaims)

    private enum CodingKeys: String, CodingKey {
        case iss
    }

    init(from decoder: any Decoder) throws {
        let issuer = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .iss)
        self =
            issuer == LegacyTokenClaims.issuer
            ? .legacy(try LegacyTokenClaims(from: decoder)) : .bound(try ServiceAccountClaims(from: decoder))
    }

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .bound(let claims): try claims.encode(to: encoder)
        case .legacy(let claims): try claims.encode(to: encoder)
        }
    }

    func verify(using algorithm: some JWTAlgorithm) {}

    /// Whether the subject is the service account that the other claims name.
    var isConsistent: Bool {
        switch self {
        case .bound(let claims): claims.sub == claims.subject
        case .legacy(let claims): claims.sub == claims.subject
        }
    }

    var issuer: String {
        switch self {
        case .bound(let claims): claims.iss
        case .legacy(let claims): claims.iss
        }
    }
}
