package import APIObjects
import APIPods
import JSONStream
import KubeSchema

extension ResourceDefinition {
    package static let podDisruptionBudgets = ResourceDefinition(
        "poddisruptionbudgets", group: "policy", strategy: PodDisruptionBudgetStrategy())
}

struct PodDisruptionBudgetStrategy: ResourceStrategy {
    func prepareForCreate(_ object: inout JSONValue, _ context: AdmissionContext) {
        object["status"] = KubeSchema["policy.v1.PodDisruptionBudgetStatus"].zero
    }

    func prepareForUpdate(_ object: inout JSONValue, old: JSONValue, _ context: AdmissionContext) {
        object["status"] = old["status"]
    }

    func prepareForStatusUpdate(_ object: inout JSONValue, old: JSONValue) { object["spec"] = old["spec"] }

    func generationSource(_ object: JSONValue) -> JSONValue? { (object["spec"] ?? .null).prunedOfEmpty }

    func validateCreate(_ object: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        let path = WorkloadValidation.spec
        var errors: [FieldError] = []
        if spec.has("minAvailable"), spec.has("maxUnavailable") {
            errors.append(.invalid(path, spec, "minAvailable and maxUnavailable cannot be both set"))
        }
        for field in ["minAvailable", "maxUnavailable"] {
            errors += PodAmount.validate(spec[field], path.child(field))
            errors += PodAmount.notMoreThanAll(spec[field], path.child(field))
        }
        errors += LabelSelectorValidation.validate(spec["selector"], path.child("selector"))
        let policies = ["AlwaysAllow", "IfHealthyBudget"]
        if let policy = spec["unhealthyPodEvictionPolicy"]?.stringValue, !policies.contains(policy) {
            errors.append(.notSupported(path.child("unhealthyPodEvictionPolicy"), .string(policy), policies))
        }
        return errors
    }

    var metadataRules: MetadataRules { MetadataRules(checksNew: false, update: .nothing) }
    var needsVersionToUpdate: Bool { true }

    func validateStatusUpdate(_ object: JSONValue, old: JSONValue) -> [FieldError] {
        WorkloadValidation.negatives(
            object["status"], ["disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"],
            FieldPath("status"))
    }

    var table: TableDefinition { .podDisruptionBudgets }
}
