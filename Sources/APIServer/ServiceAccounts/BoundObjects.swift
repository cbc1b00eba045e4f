import JSONStream

/// Looks whether what a token is bound to is still there: its ServiceAccount and, if named, a Pod, Secret or Node.
struct BoundObjects: Sendable {
    /// A deleted object's tokens are good for this much longer (seconds), as upstream has it.
    private static let leeway: Int64 = 60

    let cache: WatchCache
    let registry: ResourceRegistry

    func check(_ claims: ServiceAccountClaims, now: Int64) throws(AuthenticationFailure) {
        let parts = claims.kubernetes
        try check("serviceaccounts", parts.namespace, parts.serviceaccount, now)
        if let pod = parts.pod { try check("pods", parts.namespace, pod, now) }
        if let secret = parts.secret { try check("secrets", parts.namespace, secret, now) }
        // A node beside a pod only tells where the pod runs.
        if let node = parts.node, parts.pod == nil { try check("nodes", "", node, now) }
    }

    private func check(
        _ plural: String, _ namespace: String, _ reference: ServiceAccountClaims.Reference, _ now: Int64
    ) throws(AuthenticationFailure) {
        guard let metadata = metadata(plural, namespace, reference.name) else {
            throw AuthenticationFailure("the token's \(plural) \(namespace)/\(reference.name) is gone")
        }
        guard metadata.uid == reference.uid else {
            throw AuthenticationFailure("the token's \(plural) \(namespace)/\(reference.name) is another one now")
        }
        if let deleted = metadata.deletionTimestamp, deleted + Self.leeway < now {
            throw AuthenticationFailure("the token's \(plural) \(namespace)/\(reference.name) has been deleted")
        }
    }

    /// - Returns: nil if there is no such object.
    func metadata(_ plural: String, _ namespace: String, _ name: String) -> CachedObject.Identity? {
        guard let definition = registry.find(apiVersion: "v1", plural: plural) else { return nil }
        return cache.get(definition, key: definition.key(namespace: namespace, name: name))?.identity
    }
}
