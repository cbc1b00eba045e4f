import APIObjects
import APIPods
import JSONStream
import KubeSchema

extension ResourceDefinition {
    static let replicationControllers = ResourceDefinition(
        "replicationcontrollers", strategy: ReplicationControllerStrategy())

    static let podTemplates = ResourceDefinition(
        "podtemplates", returnsDeletedObject: true, strategy: PodTemplateStrategy())
}

struct ReplicationControllerStrategy: WorkloadStrategy {
    static let status = KubeSchema["core.v1.ReplicationControllerStatus"]

    func applyDefaults(_ object: inout JSONValue) {
        let labels = object["spec"]?["template"]?["metadata"]?["labels"]
        object.edit("spec") { spec in
            if spec["replicas"] == nil { spec["replicas"] = 1 }
            if let labels, (spec["selector"]?.objectValue ?? [:]).isEmpty { spec["selector"] = labels }
            spec.edit("template", PodDefaults.apply(toTemplate:))
        }
        guard let labels else { return }
        object.editOrMake("metadata") { metadata in
            if (metadata["labels"]?.objectValue ?? [:]).isEmpty { metadata["labels"] = labels }
        }
    }

    var orphansDependents: Bool { true }

    func validateCreate(_ object: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        let path = WorkloadValidation.spec
        var errors = FieldError.negative(spec, "minReadySeconds", path)
        if (spec["selector"]?.objectValue ?? [:]).isEmpty { errors.append(.required(path.child("selector"))) }
        errors += FieldError.negative(spec, "replicas", path)
        guard spec.has("template") else { return errors + [.required(path.child("template"))] }
        // Plain labels: none of them select everything.
        if spec.has("selector") { errors += WorkloadValidation.matches(spec) }
        return errors + WorkloadValidation.template(spec, "ReplicationController")
    }

    var metadataRules: MetadataRules { MetadataRules(update: .wholeAndChange) }

    func validateStatusUpdate(_ object: JSONValue, old: JSONValue) -> [FieldError] {
        ReplicaSetStrategy.status(object["status"] ?? [:])
    }

    var selectableFields: [String] { ["status.replicas"] }

    func selectableField(_ label: String, of object: JSONValue) -> String? {
        "\(object["status"]?.number("replicas") ?? 0)"
    }

    var table: TableDefinition { .replicaSets }
}

struct PodTemplateStrategy: ResourceStrategy {
    func applyDefaults(_ object: inout JSONValue) { object.edit("template", PodDefaults.apply(toTemplate:)) }

    func generationSource(_ object: JSONValue) -> JSONValue? { (object["template"] ?? .null).prunedOfEmpty }

    func validateCreate(_ object: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        PodValidation.template(object["template"] ?? [:], FieldPath("template"))
    }

    var metadataRules: MetadataRules { MetadataRules(update: .change) }

    func warnings(_ object: JSONValue, old: JSONValue?) -> [String] {
        let template = object["template"] ?? [:]
        return PodWarnings(template["spec"] ?? [:], template["metadata"] ?? [:], at: FieldPath("template")).texts
    }

    var table: TableDefinition { .podTemplates }
}
