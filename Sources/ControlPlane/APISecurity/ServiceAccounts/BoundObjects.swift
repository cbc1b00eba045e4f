package import APIObjects
package import APIResources
import JSONStream
import KubeAPI

/// Looks whether what a token is bound to is still there: its ServiceAccount and, if named, a Pod, Secret or Node.
package struct BoundObjects: Sendable {
    /// A deleted object's tokens are good for this much longer (seconds), as upstream has it.
    private static let leeway: Int64 = 60

    package let cache: any ObjectSource
    package let registry: ResourceRegistry

    package init(cache: any ObjectSource, registry: ResourceRegistry) {
        self.cache = cache
        self.registry = registry
    }

    func check(_ claims: ServiceAccountClaims, now: Int64) throws(AuthenticationFailure) {
        let parts = claims.kubernetes
        try check("serviceaccounts", parts.namespace, parts.serviceaccount, now)
        if let pod = parts.pod { try check("pods", parts.namespace, pod, now) }
        if let secret = parts.secret { try check("secrets", parts.namespace, secret, now) }
        // A node beside a pod only tells where the pod runs.
        if let node = parts.node, parts.pod == nil { try check("nodes", "", node, now) }
    }

    /// A token in a Secret is good as long as it lies there and its ServiceAccount exists.
    func check(_ claims: LegacyTokenClaims, _ token: String) throws(AuthenticationFailure) {
        let place = "\(claims.namespace)/\(claims.secret)"
        let definition = ResourceDefinition.secrets
        guard
            let secret = cache.get(definition, key: definition.key(namespace: claims.namespace, name: claims.secret)),
            let content = try? secret.decoded(), secret.identity?.deletionTimestamp == nil
        else { throw AuthenticationFailure("the token's secret \(place) is gone") }
        let held = Base64.decode(content["data"]?.text("token") ?? "") ?? []
        guard Self.isEqual(held, Array(token.utf8)) else {
            throw AuthenticationFailure("the token is not the one in its secret \(place)")
        }
        guard let account = metadata("serviceaccounts", claims.namespace, claims.account),
            account.uid == claims.uid, account.deletionTimestamp == nil
        else { throw AuthenticationFailure("the token's service account \(claims.account) is gone") }
    }

    /// In a time that does not depend on where they differ.
    private static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
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
    package func metadata(_ plural: String, _ namespace: String, _ name: String) -> CachedObject.Identity? {
        guard let definition = registry.find(apiVersion: "v1", plural: plural) else { return nil }
        return cache.get(definition, key: definition.key(namespace: namespace, name: name))?.identity
    }
}
