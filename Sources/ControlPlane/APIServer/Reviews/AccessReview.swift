import APIObjects
import APISecurity
import JSONStream
import KubeSchema

/// Whether somebody may do something (authorization.k8s.io/v1: SubjectAccessReview, its local and its self form).
struct AccessReview: Sendable {
    let authorizer: Authorizer
    let definition: ResourceDefinition

    private var isLocal: Bool { definition.kind == "LocalSubjectAccessReview" }
    private var isSelf: Bool { definition.kind == "SelfSubjectAccessReview" }

    func status(_ object: JSONValue, asker: UserInfo, namespace: String) throws(StatusError) -> JSONValue {
        let spec = object["spec"] ?? [:]
        let errors = validate(spec, object["metadata"] ?? [:], namespace: namespace)
        guard errors.isEmpty else { throw .invalid(definition, "", errors) }
        let decision = authorizer.authorize(Self.attributes(spec), isSelf ? asker : Self.user(spec))
        var status: JSONValue = ["allowed": .bool(decision.isAllowed)]
        if !decision.reason.isEmpty { status["reason"] = .string(decision.reason) }
        return status
    }

    private func validate(_ spec: JSONValue, _ metadata: JSONValue, namespace: String) -> [FieldError] {
        let path = FieldPath("spec")
        var errors: [FieldError] = []
        let (resource, other) = (spec["resourceAttributes"] ?? .null, spec["nonResourceAttributes"] ?? .null)
        switch (resource.isNull, other.isNull) {
        case (false, false):
            errors.append(
                .invalid(
                    path.child("nonResourceAttributes"), other,
                    "cannot be specified in combination with "
                        + "resourceAttributes"))
        case (true, true):
            errors.append(
                .invalid(
                    path.child("resourceAttributes"), .null,
                    "exactly one of nonResourceAttributes or resourceAttributes must be specified"))
        default: break
        }
        if !isSelf, spec.text("user").isEmpty, spec.items("groups").isEmpty {
            errors.append(.invalid(path.child("user"), "", "at least one of user or group must be specified"))
        }
        errors += SelectorAttributes.validate(resource, path.child("resourceAttributes"))
        let given = metadata.objectValue?.filter { name, value in
            !value.isNull && name != "managedFields" && !(isLocal && name == "namespace")
        }
        if let given, !given.isEmpty {
            let what = isLocal ? "must be empty except for namespace" : "must be empty"
            errors.append(.invalid(FieldPath("metadata"), metadata, what))
        }
        guard isLocal else { return errors }
        if !other.isNull {
            errors.append(
                .invalid(path.child("nonResourceAttributes"), other, "disallowed on this kind of request"))
        }
        if !resource.isNull, resource.text("namespace") != namespace {
            errors.append(
                .invalid(
                    path.child("resourceAttributes").child("namespace"), .string(resource.text("namespace")),
                    "must match metadata.namespace"))
        }
        return errors
    }

    private static func attributes(_ spec: JSONValue) -> RequestAttributes {
        if let resource = spec["resourceAttributes"], !resource.isNull {
            return RequestAttributes(
                verb: resource.text("verb"), group: resource.text("group"), version: resource.text("version"),
                resource: resource.text("resource"), subresource: resource.text("subresource"),
                namespace: resource.text("namespace"), name: resource.text("name"))
        }
        let other = spec["nonResourceAttributes"] ?? [:]
        return RequestAttributes(verb: other.text("verb"), path: other.text("path"))
    }

    private static func user(_ spec: JSONValue) -> UserInfo {
        var extra: [String: [String]] = [:]
        for (key, _) in spec["extra"]?.objectValue ?? [:] { extra[key] = (spec["extra"] ?? [:]).strings(key) }
        return UserInfo(
            name: spec.text("user"), uid: spec.text("uid"), groups: spec.strings("groups"), extra: extra)
    }
}
