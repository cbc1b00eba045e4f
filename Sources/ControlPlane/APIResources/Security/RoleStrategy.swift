package import APIObjects
import JSONStream
import KubeSchema

extension ResourceDefinition {
    package static let rbacGroup = "rbac.authorization.k8s.io"

    package static let roles = ResourceDefinition(
        "roles", group: rbacGroup, createsOnUpdate: true, strategy: RoleStrategy(isNamespaced: true))

    package static let clusterRoles = ResourceDefinition(
        "clusterroles", group: rbacGroup, createsOnUpdate: true, strategy: RoleStrategy(isNamespaced: false))
}

/// Roles and ClusterRoles.
struct RoleStrategy: ResourceStrategy {
    let isNamespaced: Bool

    func validateName(_ name: String) -> [String] { Names.pathSegment(name) }

    func validateCreate(_ object: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        let path = FieldPath("rules")
        var errors = object.items("rules").enumerated().flatMap { validate($1, path.index($0)) }
        if let aggregation = object["aggregationRule"], !aggregation.isNull {
            let path = FieldPath("aggregationRule").child("clusterRoleSelectors")
            let selectors = aggregation.items("clusterRoleSelectors")
            if selectors.isEmpty {
                errors.append(
                    .required(path, "at least one clusterRoleSelector required if aggregationRule is non-nil"))
            }
            for (index, selector) in selectors.enumerated() {
                errors += LabelSelectorValidation.validate(selector, path.index(index))
            }
        }
        return errors
    }

    private func validate(_ rule: JSONValue, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        if rule.items("verbs").isEmpty {
            errors.append(.required(path.child("verbs"), "verbs must contain at least one value"))
        }
        let urls = rule["nonResourceURLs"] ?? []
        let isOfResources = ["apiGroups", "resources", "resourceNames"].contains { !rule.items($0).isEmpty }
        guard rule.items("nonResourceURLs").isEmpty else {
            let path = path.child("nonResourceURLs")
            if isNamespaced {
                errors.append(.invalid(path, urls, "namespaced rules cannot apply to non-resource URLs"))
            }
            if isOfResources {
                errors.append(
                    .invalid(path, urls, "rules cannot apply to both regular resources and non-resource URLs"))
            }
            return errors
        }
        if rule.items("apiGroups").isEmpty {
            errors.append(.required(path.child("apiGroups"), "resource rules must supply at least one api group"))
        }
        if rule.items("resources").isEmpty {
            errors.append(.required(path.child("resources"), "resource rules must supply at least one resource"))
        }
        return errors
    }

    var table: TableDefinition {
        TableDefinition(
            columns: [.name, .init(name: "Created At", description: "When the role was created.")]
        ) { object, _ in
            [TableDefinition.name(object), .string(object["metadata"]?.text("creationTimestamp") ?? "")]
        }
    }
}
