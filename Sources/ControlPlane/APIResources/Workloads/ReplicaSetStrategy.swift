import APIObjects
import APIPods
import JSONStream
import KubeSchema

extension ResourceDefinition {
    static let replicaSets = ResourceDefinition(
        "replicasets", group: "apps", strategy: ReplicaSetStrategy())
}

struct ReplicaSetStrategy: WorkloadStrategy {
    static let status = KubeSchema["apps.v1.ReplicaSetStatus"]

    func applyDefaults(_ object: inout JSONValue) {
        object.edit("spec") { spec in
            if spec["replicas"] == nil { spec["replicas"] = 1 }
            spec.edit("template", PodDefaults.apply(toTemplate:))
        }
    }

    func validateCreate(_ object: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        return WorkloadValidation.negatives(spec, ["replicas", "minReadySeconds"])
            + WorkloadValidation.selector(spec, "deployment") + WorkloadValidation.matches(spec)
            + WorkloadValidation.template(spec, "ReplicaSet")
    }

    var metadataRules: MetadataRules { MetadataRules(update: .wholeAndChange) }

    func validateUpdate(_ object: JSONValue, old: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        validateCreate(object, context) + WorkloadValidation.immutableSelector(object, old)
    }

    func validateStatusUpdate(_ object: JSONValue, old: JSONValue) -> [FieldError] {
        Self.status(object["status"] ?? [:])
    }

    static func status(_ status: JSONValue) -> [FieldError] {
        WorkloadValidation.negatives(
            status, ["replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas", "observedGeneration"],
            FieldPath("status"))
            + WorkloadValidation.counts(
                status, ["fullyLabeledReplicas", "readyReplicas", "availableReplicas"], notAbove: "replicas")
            + availableAboveReady(status, "readyReplicas")
    }

    /// - Parameter name: how the text calls the ready ones.
    static func availableAboveReady(_ status: JSONValue, _ name: String) -> [FieldError] {
        let available = status.number("availableReplicas")
        guard available > status.number("readyReplicas") else { return [] }
        return [
            .invalid(FieldPath("status.availableReplicas"), .integer(available), "cannot be greater than \(name)")
        ]
    }

    var selectableFields: [String] { ["status.replicas"] }

    func selectableField(_ label: String, of object: JSONValue) -> String? {
        "\(object["status"]?.number("replicas") ?? 0)"
    }

    var table: TableDefinition { .replicaSets }
}
