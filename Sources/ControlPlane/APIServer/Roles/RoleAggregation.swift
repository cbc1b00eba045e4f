import APIObjects
import APIResources
import APISecurity
import Algorithms
import JSONStream
import KubeAPI
import Logging
import ObjectStore
import OrderedCollections

/// Fills the rules of ClusterRoles that are made of others (upstream's clusterrole-aggregation-controller).
struct RoleAggregation: Sendable {
    private static let retryPeriod = Duration.seconds(10)

    let handler: APIHandler

    /// Follows ClusterRoles until cancelled.
    func run() async throws {
        try await KindFollower(cache: handler.cache, definition: .clusterRoles, retryPeriod: Self.retryPeriod)
            .run(updateUnlessRefused)
    }

    /// False if the store did not take it, full as it is, say: that is no reason to end the server.
    private func updateUnlessRefused() async throws -> Bool {
        do {
            try await update()
            return true
        } catch let error as StoreError {
            handler.logger.error("ClusterRoles are not aggregated", metadata: ["error": "\(error)"])
            return false
        }
    }

    /// Brings all aggregated roles up to date; those of others that are aggregated themselves, too.
    func update() async throws {
        // Aggregated roles may be parts of others: at most as many rounds as there are roles.
        let count = handler.cache.snapshot(.clusterRoles).objects.count
        for _ in 0..<max(1, count) {
            guard try await updateOnce() else { return }
        }
    }

    /// - Returns: whether a role changed.
    private func updateOnce() async throws -> Bool {
        try await handler.cache.catchUp()
        let objects = handler.cache.snapshot(.clusterRoles).objects
        var changed = false
        for object in objects {
            guard let role = try? object.decoded(), let rules = Self.rules(for: role, key: object.key, objects),
                rules != role.items("rules")
            else { continue }
            let name = role["metadata"]?.text("name") ?? ""
            let target = RequestTarget.Resource(
                definition: .clusterRoles, namespace: "", name: name, subresource: "")
            do {
                _ = try await ObjectWriter(handler: handler, target: target, isDryRun: false)
                    .update(createsMissing: false) { current in
                        var role = current ?? role
                        role["rules"] = .array(rules)
                        return BodyDecoder.Decoded(object: role, warnings: [])
                    }
                changed = true
            } catch let error as StatusError {
                handler.logger.error(
                    "cannot aggregate a ClusterRole", metadata: ["name": "\(name)", "error": "\(error.message)"])
            }
        }
        return changed
    }

    /// The rules that an aggregated role should have; nil for one that is not aggregated.
    private static func rules(for role: JSONValue, key: String, _ objects: [CachedObject]) -> [JSONValue]? {
        guard let selectors = role["aggregationRule"]?.items("clusterRoleSelectors") else { return nil }
        var rules: OrderedSet<PolicyRule> = []
        for selector in selectors.compactMap({ LabelSelector(ofObject: $0) }) {
            for object in objects where object.key != key && selector.matches(object.labels) {
                guard let part = try? object.decoded() else { continue }
                rules.append(contentsOf: part.items("rules").map { PolicyRule($0) })
            }
        }
        return rules.map(\.json)
    }
}
