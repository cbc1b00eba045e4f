package import APIObjects
import APIResources
package import JSONStream

/// Keeps users from giving themselves or others more than they have: who writes a role must hold its permissions or the
/// verb `escalate`, who binds one must hold its permissions or the verb `bind`.
package struct EscalationCheck: Sendable {
    /// Each is compared with each rule that the user has.
    private static let mostParts = 50_000

    package let authorizer: Authorizer
    package let user: UserInfo

    package init(authorizer: Authorizer, user: UserInfo) {
        self.authorizer = authorizer
        self.user = user
    }

    /// - Parameter old: what the object replaces; nil if it is new.
    /// - Throws: ``StatusError``
    package func check(
        _ object: JSONValue, replacing old: JSONValue?, _ definition: ResourceDefinition, namespace: String
    ) throws {
        guard definition.group == ResourceDefinition.rbacGroup, !user.isPrivileged else { return }
        // Labels count as well: they may make a role a part of others.
        if let old, Self.essence(object).agrees(with: Self.essence(old)) { return }
        let name = object["metadata"]?.text("name") ?? ""
        if object["roleRef"] != nil {
            try checkBinding(object, definition, name: name, namespace: namespace)
        } else {
            try checkRole(object, definition, name: name, namespace: namespace)
        }
    }

    /// All but what garbage collection needs to change.
    private static func essence(_ object: JSONValue) -> JSONValue {
        var object = object
        var metadata = object["metadata"] ?? [:]
        for field in ["ownerReferences", "finalizers", "managedFields", "resourceVersion"] { metadata[field] = nil }
        object["metadata"] = metadata
        return object
    }

    private func checkRole(
        _ role: JSONValue, _ definition: ResourceDefinition, name: String, namespace: String
    ) throws {
        guard !isAllowed("escalate", definition.plural, namespace, name) else { return }
        try checkHeld(role.items("rules").map { PolicyRule($0) }, definition, name: name, namespace: namespace)
        if role["aggregationRule"].map({ !$0.isNull }) == true {
            let held = authorizer.rules(user, namespace: namespace).rules
            guard PolicyRule.uncovered(DefaultRoles.everything, by: held).isEmpty else {
                throw StatusError.forbidden(
                    definition, name, "must have cluster-admin privileges to use the aggregationRule")
            }
        }
    }

    private func checkBinding(
        _ binding: JSONValue, _ definition: ResourceDefinition, name: String, namespace: String
    ) throws {
        let isCluster = binding["roleRef"]?.text("kind") == "ClusterRole"
        let roles = isCluster ? ResourceDefinition.clusterRoles : .roles
        let role = binding["roleRef"]?.text("name") ?? ""
        guard !isAllowed("bind", roles.plural, namespace, role) else { return }
        let key = RBACIndex.Name(namespace: isCluster ? "" : namespace, name: role)
        guard let rules = authorizer.rbac.rules(of: key) else { throw StatusError.notFound(roles, role) }
        try checkHeld(rules, definition, name: name, namespace: namespace)
    }

    private func isAllowed(_ verb: String, _ resource: String, _ namespace: String, _ name: String) -> Bool {
        let attributes = RequestAttributes(
            verb: verb, group: ResourceDefinition.rbacGroup, version: "v1", resource: resource, namespace: namespace,
            name: name)
        return authorizer.authorize(attributes, user).isAllowed
    }

    private func checkHeld(
        _ rules: [PolicyRule], _ definition: ResourceDefinition, name: String, namespace: String
    ) throws {
        var parts = 0
        for rule in rules {
            let (sum, isOver) = parts.addingReportingOverflow(rule.parts)
            parts = isOver ? .max : sum
        }
        guard parts <= Self.mostParts else {
            throw StatusError.forbidden(
                definition, name,
                "its rules are more than \(Self.mostParts) combinations of a verb, a group, a resource and a name, which is "
                    + "too much to compare with the permissions of the user; write several roles")
        }
        let held = authorizer.rules(user, namespace: namespace)
        let missing = PolicyRule.compacted(PolicyRule.uncovered(rules, by: held.rules))
        guard !missing.isEmpty else { return }
        let groups = user.groups.map { "\"\($0)\"" }.joined(separator: " ")
        var text =
            "user \"\(user.name)\" (groups=[\(groups)]) is attempting to grant RBAC permissions not currently held:\n"
            + Set(missing.map(\.text)).sorted().joined(separator: "\n")
        if !held.problems.isEmpty { text += "; resolution errors: \(RBACIndex.aggregate(held.problems))" }
        throw StatusError.forbidden(definition, name, text)
    }
}
