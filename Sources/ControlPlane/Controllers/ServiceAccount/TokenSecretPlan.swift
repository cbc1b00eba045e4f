import KubeAPI

/// What becomes of a Secret for a ServiceAccount's token. Pure.
enum TokenSecretPlan: Hashable, Sendable {
    case keep
    /// Its ServiceAccount does not exist.
    case delete
    /// What is missing in it or wrong; the token has to be signed first if it is needed.
    case fill(data: [String: String], needsToken: Bool)

    static let tokenKey = "token"
    static let namespaceKey = "namespace"
    static let authorityKey = "ca.crt"

    /// - Parameters:
    ///   - account: the ServiceAccount of the annotated name, if there is one.
    ///   - authorityPEM: certificates of the API server; nil: the Secret need not have any.
    init(_ secret: TokenSecret, account: ServiceAccount?, authorityPEM: String?) {
        let uid = secret.metadata.annotations[TokenSecret.uidAnnotation] ?? ""
        guard let account, uid.isEmpty || uid == account.metadata.uid else {
            self = .delete
            return
        }
        var data: [String: String] = [:]
        if let authorityPEM, !authorityPEM.isEmpty {
            let text = Base64.encode(authorityPEM.utf8)
            if secret.data[Self.authorityKey] != text { data[Self.authorityKey] = text }
        }
        if (secret.data[Self.namespaceKey] ?? "").isEmpty {
            data[Self.namespaceKey] = Base64.encode(secret.metadata.namespace.utf8)
        }
        let needsToken = (secret.data[Self.tokenKey] ?? "").isEmpty
        self = data.isEmpty && !needsToken && !uid.isEmpty ? .keep : .fill(data: data, needsToken: needsToken)
    }
}
