package import APIObjects
import APIResources
package import JSONStream
import KubeSchema

/// The roles and bindings that every cluster has, as the facts have them.
package enum DefaultRoles {
    /// The annotation that lets a start bring an object up to date; "false" leaves it alone.
    package static let autoupdate = "rbac.authorization.kubernetes.io/autoupdate"

    static let everything = [
        PolicyRule(verbs: ["*"], apiGroups: ["*"], resources: ["*"]), PolicyRule(verbs: ["*"], nonResourceURLs: ["*"]),
    ]

    /// One role or binding.
    package struct Object: Sendable {
        package let definition: ResourceDefinition
        package let namespace: String
        package let json: JSONValue

        package var name: String { json["metadata"]?.text("name") ?? "" }
    }

    /// Read anew each time: nobody needs them after the start.
    package static var objects: [Object] { KubeSchema.defaultRoles.compactMap(Object.init) }
}

extension DefaultRoles.Object {
    private static let definitions: [String: ResourceDefinition] = [
        "ClusterRole": .clusterRoles, "ClusterRoleBinding": .clusterRoleBindings, "Role": .roles,
        "RoleBinding": .roleBindings,
    ]

    fileprivate init?(_ fact: JSONValue) {
        guard let definition = Self.definitions[fact.text("kind")] else { return nil }
        self.definition = definition
        namespace = fact.text("namespace")
        var json: JSONValue = [
            "metadata": [
                "name": .string(fact.text("name")), "labels": fact["labels"] ?? [:],
                "annotations": [DefaultRoles.autoupdate: "true"],
            ]
        ]
        for name in ["rules", "aggregationRule", "subjects", "roleRef"] where fact.has(name) { json[name] = fact[name] }
        self.json = json
    }

    /// The stored object with the permissions or subjects that it lacks; nil if it lacks none.
    package func completed(_ stored: JSONValue) -> JSONValue? {
        // The rules of an aggregated role are others' to say.
        guard json["aggregationRule"] == nil else { return nil }
        return json["roleRef"] == nil ? withRules(stored) : withSubjects(stored)
    }

    private func withRules(_ stored: JSONValue) -> JSONValue? {
        let held = stored.items("rules").map { PolicyRule($0) }
        let missing = PolicyRule.compacted(PolicyRule.uncovered(json.items("rules").map { PolicyRule($0) }, by: held))
        guard !missing.isEmpty else { return nil }
        var role = stored
        role["rules"] = .array(stored.items("rules") + missing.map(\.json))
        return role
    }

    private func withSubjects(_ stored: JSONValue) -> JSONValue? {
        func key(_ subject: JSONValue) -> [String] { ["kind", "name", "namespace"].map { subject.text($0) } }
        let held = stored.items("subjects").map(key)
        let missing = json.items("subjects").filter { !held.contains(key($0)) }
        guard !missing.isEmpty else { return nil }
        var binding = stored
        binding["subjects"] = .array(stored.items("subjects") + missing)
        return binding
    }
}
