package import APIObjects
import JSONStream
import KubeSchema

extension ResourceDefinition {
    package static let namespaces = ResourceDefinition(
        "namespaces", returnsDeletedObject: true, strategy: NamespaceStrategy())
}

struct NamespaceStrategy: ResourceStrategy {
    func applyDefaults(_ object: inout JSONValue) {
        let metadata = object["metadata"] ?? [:]
        let name = metadata.text("name")
        guard !name.isEmpty else { return }
        object["metadata"] = Self.labelled(metadata, name)
    }

    private static func labelled(_ metadata: JSONValue, _ name: String) -> JSONValue {
        var metadata = metadata
        var labels = metadata["labels"] ?? [:]
        labels["kubernetes.io/metadata.name"] = .string(name)
        metadata["labels"] = labels
        return metadata
    }

    func prepareForCreate(_ object: inout JSONValue, _ context: AdmissionContext) {
        applyDefaults(&object)
        var spec = object["spec"] ?? [:]
        let finalizers = spec.items("finalizers")
        if !finalizers.contains("kubernetes") { spec["finalizers"] = .array(finalizers + ["kubernetes"]) }
        object["spec"] = spec
        object["status"] = ["phase": "Active"]
    }

    func prepareForUpdate(_ object: inout JSONValue, old: JSONValue, _ context: AdmissionContext) {
        object["spec"] = old["spec"]
        object["status"] = old["status"]
    }

    /// The finalize subresource changes the spec, which nothing else does.
    func prepareForUpdate(_ object: inout JSONValue, old: JSONValue, part: String) { object["status"] = old["status"] }

    func validateUpdate(_ object: JSONValue, old: JSONValue, part: String) -> [FieldError] {
        (object["spec"]?.strings("finalizers") ?? []).enumerated().flatMap { index, name in
            let path = FieldPath("spec.finalizers").index(index)
            return MetadataValidation.finalizerForm(name, path) + MetadataValidation.finalizerPrefix(name, path)
        }
    }

    func validateName(_ name: String) -> [String] { Names.dnsLabel(name) }

    func validateCreate(_ object: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        let path = FieldPath("spec.finalizers")
        return (object["spec"]?.strings("finalizers") ?? []).flatMap {
            MetadataValidation.finalizerForm($0, path) + MetadataValidation.finalizerPrefix($0, path)
        }
    }

    func validateStatusUpdate(_ object: JSONValue, old: JSONValue) -> [FieldError] {
        let isDeleted = object["metadata"]?["deletionTimestamp"] != nil
        let (wanted, condition) = isDeleted ? ("Terminating", "is not empty") : ("Active", "is empty")
        let phase = object["status"]?.text("phase") ?? ""
        guard phase != wanted else { return [] }
        return [
            .invalid(
                FieldPath("status.Phase"), .string(phase),
                "may only be '\(wanted)' if `deletionTimestamp` \(condition)")
        ]
    }

    var selectableFields: [String] { ["status.phase", "name"] }

    func selectableField(_ label: String, of object: JSONValue) -> String? {
        switch label {
        case "status.phase": object["status"]?.text("phase") ?? ""
        case "name": object["metadata"]?.text("name") ?? ""
        default: nil
        }
    }

    var deletion: DeletionRules { DeletionRules(kept: ["default", "kube-system", "kube-public"], hasContent: true) }

    /// The name is a label, too.
    var defaultsFollowName: Bool { true }

    var table: TableDefinition { .namespaces }
}
