import APIObjects
import APIPods
import JSONStream
import KubeSchema

extension ResourceDefinition {
    static let daemonSets = ResourceDefinition(
        "daemonsets", group: "apps", strategy: DaemonSetStrategy())
}

struct DaemonSetStrategy: WorkloadStrategy {
    static let status = KubeSchema["apps.v1.DaemonSetStatus"]
    /// Where apps/v1 has the count of template changes, which older versions had in the spec.
    private static let generation = "deprecated.daemonset.template.generation"

    func applyDefaults(_ object: inout JSONValue) {
        object.edit("spec") { spec in
            spec.edit("template", PodDefaults.apply(toTemplate:))
            spec.editOrMake("updateStrategy") { strategy in
                strategy.setDefault("type", "RollingUpdate")
                guard strategy.text("type") == "RollingUpdate" else { return }
                strategy.editOrMake("rollingUpdate") { update in
                    if update["maxUnavailable"] == nil { update["maxUnavailable"] = 1 }
                    if update["maxSurge"] == nil { update["maxSurge"] = 0 }
                }
            }
            if spec["revisionHistoryLimit"] == nil { spec["revisionHistoryLimit"] = 10 }
        }
    }

    func prepareForCreate(_ object: inout JSONValue, _ context: AdmissionContext) {
        object["status"] = Self.status.zero
        setGeneration(&object, max(1, generation(object)))
    }

    func prepareForUpdate(_ object: inout JSONValue, old: JSONValue, _ context: AdmissionContext) {
        object["status"] = old["status"]
        let isChanged =
            object["spec"]?["template"]?.prunedOfEmpty != old["spec"]?["template"]?.prunedOfEmpty
        setGeneration(&object, generation(old) + (isChanged ? 1 : 0))
    }

    private func generation(_ object: JSONValue) -> Int64 {
        Int64(object["metadata"]?["annotations"]?.text(Self.generation) ?? "") ?? 0
    }

    private func setGeneration(_ object: inout JSONValue, _ number: Int64) {
        object.editOrMake("metadata") { metadata in
            metadata.editOrMake("annotations") { $0[Self.generation] = .string("\(number)") }
        }
    }

    func nameWarnings(_ object: JSONValue) -> [String] { [] }

    func validateCreate(_ object: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        let path = WorkloadValidation.spec
        var errors = LabelSelectorValidation.validate(spec["selector"], path.child("selector"))
        errors += WorkloadValidation.matches(spec, tellsSenseless: false)
        if let selector = spec["selector"], !selector.isNull, LabelSelectorValidation.isEmpty(selector) {
            errors.append(
                .invalid(path.child("selector"), selector, "empty selector is invalid for daemonset"))
        }
        errors += WorkloadValidation.template(spec, "DaemonSet")
        errors += FieldError.negative(spec, "minReadySeconds", path)
        errors += strategy(spec["updateStrategy"] ?? [:], path.child("updateStrategy"))
        return errors + FieldError.negative(spec, "revisionHistoryLimit", path)
    }

    private func strategy(_ strategy: JSONValue, _ path: FieldPath) -> [FieldError] {
        switch strategy.text("type") {
        case "OnDelete": return []
        case "RollingUpdate": return rolling(strategy["rollingUpdate"] ?? [:], path.child("rollingUpdate"))
        default: return [.notSupported(path, strategy, ["RollingUpdate", "OnDelete"])]
        }
    }

    private func rolling(_ update: JSONValue, _ path: FieldPath) -> [FieldError] {
        let fields = ["maxUnavailable", "maxSurge"]
        var errors = fields.flatMap { PodAmount.validate(update[$0], path.child($0)) }
        errors += fields.flatMap { PodAmount.notMoreThanAll(update[$0], path.child($0)) }
        switch fields.map({ PodAmount.number(update[$0]) != 0 }) {
        case [true, true]:
            errors.append(
                .invalid(
                    path.child("maxSurge"), update["maxSurge"] ?? 0, "may not be set when maxUnavailable is non-zero"))
        case [false, false]:
            errors.append(.required(path.child("maxUnavailable"), "cannot be 0 when maxSurge is 0"))
        default: break
        }
        return errors
    }

    var metadataRules: MetadataRules { MetadataRules(update: .wholeAndChange) }

    func validateUpdate(_ object: JSONValue, old: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        validateCreate(object, context) + WorkloadValidation.immutableSelector(object, old)
    }

    func validateStatusUpdate(_ object: JSONValue, old: JSONValue) -> [FieldError] {
        WorkloadValidation.negatives(
            object["status"],
            [
                "currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady",
                "observedGeneration", "updatedNumberScheduled", "numberAvailable", "numberUnavailable",
                "collisionCount",
            ], FieldPath("status")) + WorkloadValidation.collisions(object, old)
    }

    var table: TableDefinition { .daemonSets }
}
