import JSONStream

extension DefaultRoles {
    /// The annotation that lets a start bring the object up to date; "false" leaves it alone.
    static let autoupdate = "rbac.authorization.kubernetes.io/autoupdate"

    fileprivate static func metadata(_ name: String, _ labels: [String: String]) -> JSONValue {
        var all: JSONValue = [:]
        for (key, value) in labels.merging(["kubernetes.io/bootstrapping": "rbac-defaults"], uniquingKeysWith: { $1 })
            .sorted(by: { $0.key < $1.key })
        {
            all[key] = .string(value)
        }
        return ["name": .string(name), "labels": all, "annotations": [autoupdate: "true"]]
    }
}

extension DefaultRoles.Role {
    var definition: ResourceDefinition { namespace.isEmpty ? .clusterRoles : .roles }

    var json: JSONValue {
        var json: JSONValue = ["metadata": DefaultRoles.metadata(name, labels)]
        if let aggregates {
            json["aggregationRule"] = ["clusterRoleSelectors": [["matchLabels": [aggregates: "true"]]]]
        } else {
            json["rules"] = .array(rules.map(\.json))
        }
        return json
    }

    /// The stored role with the permissions that it lacks; nil if it lacks none.
    func completed(_ stored: JSONValue) -> JSONValue? {
        let held = stored.items("rules").map { PolicyRule($0) }
        let missing = PolicyRule.compacted(PolicyRule.uncovered(rules, by: held))
        guard !missing.isEmpty else { return nil }
        var role = stored
        role["rules"] = .array(stored.items("rules") + missing.map(\.json))
        return role
    }
}

extension DefaultRoles.Binding {
    var definition: ResourceDefinition { namespace.isEmpty ? .clusterRoleBindings : .roleBindings }

    var json: JSONValue {
        [
            "metadata": DefaultRoles.metadata(name, [:]), "subjects": .array(subjects.map(\.json)),
            "roleRef": [
                "apiGroup": .string(ResourceDefinition.rbacGroup),
                "kind": namespace.isEmpty ? "ClusterRole" : "Role", "name": .string(role),
            ],
        ]
    }

    /// The stored binding with the subjects that it lacks; nil if it lacks none.
    func completed(_ stored: JSONValue) -> JSONValue? {
        func key(_ subject: JSONValue) -> [String] { ["kind", "name", "namespace"].map { subject.text($0) } }
        let held = stored.items("subjects").map(key)
        let missing = subjects.map(\.json).filter { !held.contains(key($0)) }
        guard !missing.isEmpty else { return nil }
        var binding = stored
        binding["subjects"] = .array(stored.items("subjects") + missing)
        return binding
    }
}

extension DefaultRoles.Binding.Subject {
    fileprivate var json: JSONValue {
        let group = JSONValue.string(ResourceDefinition.rbacGroup)
        return switch self {
        case .user(let name): ["kind": "User", "apiGroup": group, "name": .string(name)]
        case .group(let name): ["kind": "Group", "apiGroup": group, "name": .string(name)]
        case .serviceAccount(let name):
            ["kind": "ServiceAccount", "name": .string(name), "namespace": "kube-system"]
        }
    }
}
