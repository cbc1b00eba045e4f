package import APIObjects
import JSONStream
import KubeSchema

extension ResourceDefinition {
    package static let roleBindings = ResourceDefinition(
        "rolebindings", group: rbacGroup, createsOnUpdate: true, strategy: RoleBindingStrategy(isNamespaced: true))

    package static let clusterRoleBindings = ResourceDefinition(
        "clusterrolebindings", group: rbacGroup, createsOnUpdate: true,
        strategy: RoleBindingStrategy(isNamespaced: false))
}

/// RoleBindings and ClusterRoleBindings.
struct RoleBindingStrategy: ResourceStrategy {
    private static let group = ResourceDefinition.rbacGroup

    let isNamespaced: Bool

    func applyDefaults(_ object: inout JSONValue) {
        if object["roleRef"]?.text("apiGroup").isEmpty == true {
            var reference = object["roleRef"] ?? [:]
            reference["apiGroup"] = .string(Self.group)
            object["roleRef"] = reference
        }
        guard !object.items("subjects").isEmpty else { return }
        object["subjects"] = .array(
            object.items("subjects").map { subject in
                guard ["User", "Group"].contains(subject.text("kind")), subject.text("apiGroup").isEmpty else {
                    return subject
                }
                var subject = subject
                subject["apiGroup"] = .string(Self.group)
                return subject
            })
    }

    func validateName(_ name: String) -> [String] { Names.pathSegment(name) }

    func validateCreate(_ object: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        let reference = object["roleRef"] ?? [:]
        let path = FieldPath("roleRef")
        var errors: [FieldError] = []
        if reference.text("apiGroup") != Self.group {
            errors.append(.notSupported(path.child("apiGroup"), .string(reference.text("apiGroup")), [Self.group]))
        }
        let kinds = isNamespaced ? ["ClusterRole", "Role"] : ["ClusterRole"]
        if !kinds.contains(reference.text("kind")) {
            errors.append(.notSupported(path.child("kind"), .string(reference.text("kind")), kinds))
        }
        let name = reference.text("name")
        errors +=
            name.isEmpty
            ? [.required(path.child("name"))]
            : Names.pathSegment(name).map { .invalid(path.child("name"), .string(name), $0) }
        for (index, subject) in object.items("subjects").enumerated() {
            errors += validate(subject, FieldPath("subjects").index(index))
        }
        return errors
    }

    private func validate(_ subject: JSONValue, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        let name = subject.text("name")
        if name.isEmpty { errors.append(.required(path.child("name"))) }
        func mustBeOf(_ group: String) {
            guard subject.text("apiGroup") != group else { return }
            errors.append(.notSupported(path.child("apiGroup"), .string(subject.text("apiGroup")), [group]))
        }
        switch subject.text("kind") {
        case "ServiceAccount":
            if !name.isEmpty {
                errors += Names.dnsSubdomain(name).map { .invalid(path.child("name"), .string(name), $0) }
            }
            mustBeOf("")
            if !isNamespaced, subject.text("namespace").isEmpty { errors.append(.required(path.child("namespace"))) }
        case "User", "Group": mustBeOf(Self.group)
        case let kind:
            errors.append(.notSupported(path.child("kind"), .string(kind), ["ServiceAccount", "User", "Group"]))
        }
        return errors
    }

    func validateUpdate(_ object: JSONValue, old: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        var errors = validateCreate(object, context)
        if object["roleRef"] != old["roleRef"] {
            errors.append(.invalid(FieldPath("roleRef"), object["roleRef"] ?? [:], "cannot change roleRef"))
        }
        return errors
    }

    var table: TableDefinition {
        TableDefinition(
            columns: [
                .name, .init(name: "Role", description: "The role that is given."), .age,
                .init(name: "Users", description: "Users who have it.", priority: 1),
                .init(name: "Groups", description: "Groups that have it.", priority: 1),
                .init(name: "ServiceAccounts", description: "Service accounts that have it.", priority: 1),
            ]
        ) { object, now in
            let reference = object["roleRef"] ?? [:]
            func names(_ kind: String, _ name: (JSONValue) -> String) -> JSONValue {
                .string(object.items("subjects").filter { $0.text("kind") == kind }.map(name).joined(separator: ", "))
            }
            return [
                TableDefinition.name(object), .string("\(reference.text("kind"))/\(reference.text("name"))"),
                TableDefinition.age(object, now), names("User") { $0.text("name") }, names("Group") { $0.text("name") },
                names("ServiceAccount") { "\($0.text("namespace"))/\($0.text("name"))" },
            ]
        }
    }
}
