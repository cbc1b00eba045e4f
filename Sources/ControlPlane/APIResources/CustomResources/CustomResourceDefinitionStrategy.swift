package import APIObjects
import APIPods
package import JSONStream
import KubeSchema

extension ResourceDefinition {
    package static let customResourceDefinitions = ResourceDefinition(
        "customresourcedefinitions", group: "apiextensions.k8s.io", strategy: CustomResourceDefinitionStrategy())
}

/// CustomResourceDefinitions: what kinds somebody wants to have.
package struct CustomResourceDefinitionStrategy: ResourceStrategy {
    /// Keeps the definition until its objects are gone.
    package static let cleanup = "customresourcecleanup.apiextensions.k8s.io"

    package var table: TableDefinition { .customResourceDefinitions }

    package var metadataRules: MetadataRules { MetadataRules(allowsAnyFinalizer: true, update: .change) }

    package func applyDefaults(_ object: inout JSONValue) {
        object.edit("spec") { spec in
            spec.edit("names") { names in
                names.setDefault("singular", .string(names.text("kind").lowercased()))
                if !names.text("kind").isEmpty { names.setDefault("listKind", .string(names.text("kind") + "List")) }
            }
            if !spec.has("conversion") { spec["conversion"] = ["strategy": "None"] }
        }
    }

    package func prepareForCreate(_ object: inout JSONValue, _ context: AdmissionContext) {
        let stored = (object["spec"]?.items("versions") ?? []).filter { $0.flag("storage") }.map { $0["name"] ?? "" }
        object["status"] = [
            "conditions": [], "acceptedNames": ["plural": "", "kind": ""], "storedVersions": .array(stored),
        ]
        object.editOrMake("metadata") { metadata in
            let present = metadata.items("finalizers")
            let cleanup = JSONValue.string(Self.cleanup)
            if !present.contains(cleanup) { metadata["finalizers"] = .array(present + [cleanup]) }
        }
    }

    package func prepareForUpdate(_ object: inout JSONValue, old: JSONValue, _ context: AdmissionContext) {
        var status = old["status"] ?? [:]
        var stored = status.items("storedVersions")
        for version in object["spec"]?.items("versions") ?? [] where version.flag("storage") {
            if let name = version["name"], !stored.contains(name) { stored.append(name) }
        }
        status["storedVersions"] = .array(stored)
        object["status"] = status
    }

    package func prepareForStatusUpdate(_ object: inout JSONValue, old: JSONValue) { object["spec"] = old["spec"] }

    package func generationSource(_ object: JSONValue) -> JSONValue? { (object["spec"] ?? .null).prunedOfEmpty }

    package func validateCreate(_ object: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        let name = object["metadata"]?.text("name") ?? ""
        let wanted = "\(spec["names"]?.text("plural") ?? "").\(spec.text("group"))"
        let errors =
            name == wanted
            ? []
            : [
                FieldError.invalid(
                    FieldPath("metadata.name"), .string(name), "must be spec.names.plural+\".\"+spec.group")
            ]
        return errors + CustomDefinitionRules.validate(spec)
    }

    package func validateUpdate(_ object: JSONValue, old: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        let (spec, before) = (object["spec"] ?? [:], old["spec"] ?? [:])
        var errors = CustomDefinitionRules.validate(spec)
        for name in ["group", "scope"] where spec[name] != before[name] {
            errors.append(.invalid(FieldPath("spec.\(name)"), spec[name] ?? "", FieldError.immutable))
        }
        for name in ["kind", "plural"] where spec["names"]?[name] != before["names"]?[name] {
            errors.append(
                .invalid(FieldPath("spec.names.\(name)"), spec["names"]?[name] ?? "", FieldError.immutable))
        }
        return errors
    }
}

/// What a CustomResourceDefinition's spec must be like.
enum CustomDefinitionRules {
    private static let mostErrors = 100
    private static let types = ["array", "boolean", "integer", "number", "object", "string"]

    static func validate(_ spec: JSONValue) -> [FieldError] {
        let path = FieldPath("spec")
        let group = spec.text("group")
        var errors: [FieldError] = []
        if group.isEmpty {
            errors.append(.required(path.child("group")))
        } else {
            errors += FieldError.named(group, path.child("group"), by: Names.dnsSubdomain)
            if !group.contains(".") {
                errors.append(
                    .invalid(path.child("group"), .string(group), "should be a domain with at least one dot"))
            }
        }
        errors += FieldError.oneOf(["Cluster", "Namespaced"], spec.text("scope"), path.child("scope"))
        errors += names(spec["names"] ?? [:], path.child("names"))
        errors += versions(spec.items("versions"), path.child("versions"))
        let strategy = spec["conversion"]?.text("strategy") ?? "None"
        if strategy != "None" {
            errors.append(
                .invalid(
                    path.child("conversion").child("strategy"), .string(strategy),
                    "this server converts by the strategy None alone"))
        }
        if spec.flag("preserveUnknownFields") {
            errors.append(
                .invalid(
                    path.child("preserveUnknownFields"), true,
                    "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema "
                        + "instead"))
        }
        return Array(errors.prefix(mostErrors))
    }

    private static func names(_ names: JSONValue, _ path: FieldPath) -> [FieldError] {
        ["plural", "singular", "kind", "listKind"].flatMap { name -> [FieldError] in
            let text = names.text(name)
            guard !text.isEmpty else { return [.required(path.child(name))] }
            return FieldError.named(text.lowercased(), path.child(name), by: Names.dnsLabel)
        }
            + ["shortNames", "categories"].flatMap { list in
                names.strings(list).enumerated().flatMap { index, text in
                    FieldError.named(text, path.child(list).index(index), by: Names.dnsLabel)
                }
            }
    }

    private static func versions(_ versions: [JSONValue], _ path: FieldPath) -> [FieldError] {
        guard !versions.isEmpty else {
            return [.required(path, "must have exactly one version marked as storage version")]
        }
        var errors: [FieldError] = []
        var seen: Set<String> = []
        for (index, version) in versions.enumerated() {
            let place = path.index(index)
            let name = version.text("name")
            errors += FieldError.named(name, place.child("name"), by: Names.dnsLabel)
            if !seen.insert(name).inserted { errors.append(.duplicate(place.child("name"), .string(name))) }
            let root = place.child("schema").child("openAPIV3Schema")
            guard let schema = version["schema"]?["openAPIV3Schema"], !schema.isNull else {
                errors.append(.required(place.child("schema"), "schemas are required"))
                continue
            }
            if schema.text("type") != "object" {
                let type = root.child("type")
                errors.append(
                    schema.text("type").isEmpty
                        ? .required(type, "must not be empty at the root")
                        : .invalid(type, schema["type"] ?? "", "must be object at the root"))
            }
            self.schema(schema, root, isInside: false, depth: 0, &errors)
            if let scale = version["subresources"]?["scale"], !scale.isNull {
                for (name, prefix) in [("specReplicasPath", ".spec."), ("statusReplicasPath", ".status.")]
                where !scale.text(name).hasPrefix(prefix) {
                    errors.append(
                        .invalid(
                            place.child("subresources").child("scale").child(name), scale[name] ?? "",
                            "should be a json path under \(prefix.dropLast())"))
                }
            }
        }
        if versions.filter({ $0.flag("storage") }).count != 1 {
            errors.append(
                .invalid(
                    path, .array(versions.map { $0["name"] ?? "" }),
                    "must have exactly one version marked as storage version"))
        }
        return errors
    }

    /// - Parameter isInside: whether it is a part of `allOf` and its kin, which say nothing of the structure.
    private static func schema(
        _ json: JSONValue, _ path: FieldPath, isInside: Bool, depth: Int, _ errors: inout [FieldError]
    ) {
        guard errors.count < mostErrors else { return }
        guard depth < StructuralSchema.deepest else {
            errors.append(.forbidden(path, "a schema may be at most \(StructuralSchema.deepest) levels deep"))
            return
        }
        if !json.items("x-kubernetes-validations").isEmpty {
            errors.append(
                .forbidden(
                    path.child("x-kubernetes-validations"),
                    "this server does not evaluate CEL; leave the rules out, or say the same with enum, pattern, bounds, "
                        + "allOf, anyOf, oneOf or not"))
        }
        let type = json.text("type")
        if !type.isEmpty, !types.contains(type) {
            errors.append(.notSupported(path.child("type"), .string(type), types))
        }
        let isFree = json.flag("x-kubernetes-int-or-string") || json.flag("x-kubernetes-preserve-unknown-fields")
        if !isInside, type.isEmpty, !isFree {
            errors.append(.required(path.child("type"), "must not be empty for specified object fields"))
        }
        if json.has("$ref") { errors.append(.forbidden(path.child("$ref"), "$ref is not supported")) }
        if json.flag("uniqueItems") {
            errors.append(
                .forbidden(
                    path.child("uniqueItems"),
                    "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"))
        }
        let pattern = json.text("pattern")
        do {
            _ = try RegularExpression(pattern)
        } catch {
            errors.append(
                .invalid(
                    path.child("pattern"), .string(pattern), "must be a valid regular expression, but isn't: \(error)"))
        }
        if type == "array", !isInside, case .object? = json["items"] {
        } else if type == "array", !isInside {
            errors.append(.required(path.child("items"), "must be specified"))
        }
        if json.text("x-kubernetes-list-type") == "map", json.strings("x-kubernetes-list-map-keys").isEmpty {
            errors.append(
                .required(
                    path.child("x-kubernetes-list-map-keys"), "must not be empty if x-kubernetes-list-type is map"))
        }
        for (name, inner) in json.sortedMembers("properties") {
            schema(inner, path.child("properties").key(name), isInside: isInside, depth: depth + 1, &errors)
        }
        for name in ["items", "additionalProperties", "not"] {
            guard let inner = json[name], case .object = inner else { continue }
            schema(inner, path.child(name), isInside: isInside || name == "not", depth: depth + 1, &errors)
        }
        for name in ["allOf", "anyOf", "oneOf"] {
            for (index, inner) in json.items(name).enumerated() {
                schema(inner, path.child(name).index(index), isInside: true, depth: depth + 1, &errors)
            }
        }
        if let fallback = json["default"], !fallback.isNull, !isInside {
            let problems = StructuralSchema(json).validate(fallback)
            if let problem = problems.first {
                errors.append(.invalid(path.child("default"), fallback, problem.message))
            }
        }
    }
}
