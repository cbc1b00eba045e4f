package import JWTKit

/// The claims of a service account's token.
package struct ServiceAccountClaims: JWTPayload, Hashable {
    package struct Reference: Codable, Hashable, Sendable {
        package var name: String
        package var uid: String?

        package init(name: String, uid: String? = nil) {
            self.name = name
            self.uid = uid
        }
    }

    package struct Kubernetes: Codable, Hashable, Sendable {
        package var namespace: String
        package var serviceaccount: Reference
        package var pod: Reference?
        package var secret: Reference?
        package var node: Reference?

        package init(
            namespace: String, serviceaccount: Reference, pod: Reference? = nil, secret: Reference? = nil,
            node: Reference? = nil
        ) {
            self.namespace = namespace
            self.serviceaccount = serviceaccount
            self.pod = pod
            self.secret = secret
            self.node = node
        }
    }

    package var aud: [String]
    /// Seconds since 1970.
    package var exp: Int64
    package var iat: Int64
    package var iss: String
    package var jti: String?
    package var kubernetes: Kubernetes
    package var nbf: Int64
    package var sub: String

    package init(
        aud: [String], exp: Int64, iat: Int64, iss: String, jti: String? = nil, kubernetes: Kubernetes, nbf: Int64,
        sub: String
    ) {
        self.aud = aud
        self.exp = exp
        self.iat = iat
        self.iss = iss
        self.jti = jti
        self.kubernetes = kubernetes
        self.nbf = nbf
        self.sub = sub
    }

    enum CodingKeys: String, CodingKey {
        case aud, exp, iat, iss, jti, nbf, sub
        case kubernetes = "kubernetes.io"
    }

    /// Times and audiences are judged at each use, not when the signature is.
    package func verify(using algorithm: some JWTAlgorithm) {}

    var subject: String {
        "\(UserInfo.serviceAccountPrefix)\(kubernetes.namespace):\(kubernetes.serviceaccount.name)"
    }
}
