import JWTKit

/// The claims of a service account's token.
struct ServiceAccountClaims: JWTPayload, Hashable {
    struct Reference: Codable, Hashable, Sendable {
        var name: String
        var uid: String?
    }

    struct Kubernetes: Codable, Hashable, Sendable {
        var namespace: String
        var serviceaccount: Reference
        var pod: Reference?
        var secret: Reference?
        var node: Reference?
    }

    var aud: [String]
    /// Seconds since 1970.
    var exp: Int64
    var iat: Int64
    var iss: String
    var jti: String?
    var kubernetes: Kubernetes
    var nbf: Int64
    var sub: String

    enum CodingKeys: String, CodingKey {
        case aud, exp, iat, iss, jti, nbf, sub
        case kubernetes = "kubernetes.io"
    }

    /// Times and audiences are judged at each use, not when the signature is.
    func verify(using algorithm: some JWTAlgorithm) {}

    var subject: String {
        "\(UserInfo.serviceAccountPrefix)\(kubernetes.namespace):\(kubernetes.serviceaccount.name)"
    }
}
