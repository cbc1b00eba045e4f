package import APIObjects
package import JSONStream
import KubeAPI
import KubeSchema

extension ResourceDefinition {
    package static let persistentVolumeClaims = ResourceDefinition(
        "persistentvolumeclaims", returnsDeletedObject: true, strategy: PersistentVolumeClaimStrategy())
}

package struct PersistentVolumeClaimStrategy: ResourceStrategy {

    package init() {}

    private static let modes = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"]
    private static let protection: JSONValue = "kubernetes.io/pvc-protection"
    private static let defaultClass = "storageclass.kubernetes.io/is-default-class"

    package func applyDefaults(_ object: inout JSONValue) {
        object.edit("spec", Self.applyDefaults)
        object.editOrMake("status") { $0.setDefault("phase", "Pending") }
    }

    /// Also of claims that pods and stateful sets make.
    static func applyDefaults(_ spec: inout JSONValue) {
        if spec["volumeMode"] == nil { spec["volumeMode"] = "Filesystem" }
    }

    package var admissionReadsOthers: Bool { true }

    package func admit(_ object: inout JSONValue, old: JSONValue?, _ context: AdmissionContext) throws {
        guard old == nil else { return }
        try LimitRanger(context, namespace: object["metadata"]?.text("namespace") ?? "").admit(claim: object)
        object.editOrMake("metadata") { metadata in
            let finalizers = metadata.items("finalizers")
            guard !finalizers.contains(Self.protection) else { return }
            metadata["finalizers"] = .array(finalizers + [Self.protection])
        }
        guard object["spec"]?["storageClassName"] == nil else { return }
        let standard = context.all("storageclasses.storage.k8s.io", "").filter {
            $0["metadata"]?["annotations"]?[Self.defaultClass] == "true"
        }.max { $0["metadata"]?.text("creationTimestamp") ?? "" < $1["metadata"]?.text("creationTimestamp") ?? "" }
        guard let standard else { return }
        object.edit("spec") { $0["storageClassName"] = standard["metadata"]?["name"] }
    }

    package func prepareForCreate(_ object: inout JSONValue, _ context: AdmissionContext) {
        object["status"] = ["phase": "Pending"]
        object.edit("spec", Self.synchronizeSources)
    }

    package func prepareForUpdate(_ object: inout JSONValue, old: JSONValue, _ context: AdmissionContext) {
        object["status"] = old["status"]
        object.edit("spec", Self.synchronizeSources)
    }

    /// The older field and the newer one name one source.
    private static func synchronizeSources(_ spec: inout JSONValue) {
        let (old, new) = (spec["dataSource"], spec["dataSourceRef"])
        if let old, new == nil { spec["dataSourceRef"] = old }
        if let new, old == nil, !new.has("namespace") { spec["dataSource"] = new }
    }

    package func prepareForStatusUpdate(_ object: inout JSONValue, old: JSONValue) { object["spec"] = old["spec"] }

    package func validateCreate(_ object: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        Self.validate(spec: object["spec"] ?? [:], FieldPath("spec"))
    }

    static func validate(spec: JSONValue, _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        let modes = spec.strings("accessModes")
        let field = path.child("accessModes")
        if modes.isEmpty { errors.append(.required(field, "at least 1 access mode is required")) }
        errors += LabelSelectorValidation.validate(spec["selector"], path.child("selector"))
        for mode in modes where !Self.modes.contains(mode) {
            errors.append(.notSupported(field, .string(mode), Self.modes))
        }
        if modes.contains("ReadWriteOncePod"), modes.count > 1 {
            errors.append(
                .forbidden(field, "may not use ReadWriteOncePod with other access modes"))
        }
        let storage = path.child("resources").key("storage")
        if let amount = spec["resources"]?["requests"]?["storage"]?.stringValue {
            if Quantity.value(amount) ?? 0 <= 0 {
                errors.append(.invalid(storage, .string(amount), "must be greater than zero"))
            }
        } else {
            errors.append(.required(storage))
        }
        if let name = spec["storageClassName"]?.stringValue, !name.isEmpty {
            errors += FieldError.named(name, path.child("storageClassName"), by: Names.dnsSubdomain)
        }
        if let mode = spec["volumeMode"]?.stringValue, !["Block", "Filesystem"].contains(mode) {
            errors.append(.notSupported(path.child("volumeMode"), .string(mode), ["Block", "Filesystem"]))
        }
        for source in ["dataSource", "dataSourceRef"] {
            guard let reference = spec[source], !reference.isNull else { continue }
            errors += VolumeValidation.required(reference, ["name", "kind"], path.child(source))
            if reference.text("apiGroup").isEmpty, reference.text("kind") != "PersistentVolumeClaim" {
                errors.append(
                    .invalid(
                        path.child(source), .string(reference.text("kind")),
                        "must be 'PersistentVolumeClaim' when referencing the default apiGroup"))
            }
        }
        return errors
    }

    package var metadataRules: MetadataRules { MetadataRules(update: .wholeAndChange) }

    package func validateUpdate(_ object: JSONValue, old: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        var errors = validateCreate(object, context)
        let isBound = old["status"]?.text("phase") == "Bound"
        func fixed(_ object: JSONValue) -> JSONValue {
            var spec = object["spec"] ?? [:]
            // The binding itself is one change, from nothing.
            if (old["spec"]?.text("volumeName") ?? "").isEmpty { spec["volumeName"] = nil }
            if old["spec"]?["storageClassName"] == nil { spec["storageClassName"] = nil }
            spec["volumeAttributesClassName"] = nil
            if isBound { spec.edit("resources") { $0["requests"] = nil } }
            return SchemaReader.ordered(spec, KubeSchema["core.v1.PersistentVolumeClaimSpec"]).prunedOfEmpty
        }
        if fixed(object) != fixed(old) {
            errors.append(
                .forbidden(
                    FieldPath("spec"),
                    "spec is immutable after creation except resources.requests and volumeAttributesClassName for "
                        + "bound claims"))
        } else if let (new, before) = Self.sizes(object, old), new < before {
            errors.append(
                .forbidden(
                    FieldPath("spec.resources.requests.storage"),
                    "field can not be less than status.capacity"))
        }
        return errors
    }

    private static func sizes(_ object: JSONValue, _ old: JSONValue) -> (Int128, Int128)? {
        let new = object["spec"]?["resources"]?["requests"]?["storage"]?.stringValue
        let before = old["status"]?["capacity"]?["storage"]?.stringValue
        guard let new = new.flatMap(Quantity.value), let before = before.flatMap(Quantity.value) else { return nil }
        return (new, before)
    }

    package var table: TableDefinition { .persistentVolumeClaims }
}
