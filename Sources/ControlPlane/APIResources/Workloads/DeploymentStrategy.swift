import APIObjects
import APIPods
import JSONStream
import KubeSchema

extension ResourceDefinition {
    static let deployments = ResourceDefinition(
        "deployments", group: "apps", strategy: DeploymentStrategy())
}

struct DeploymentStrategy: WorkloadStrategy {
    static let status = KubeSchema["apps.v1.DeploymentStatus"]

    func applyDefaults(_ object: inout JSONValue) {
        object.edit("spec") { spec in
            if spec["replicas"] == nil { spec["replicas"] = 1 }
            spec.edit("template", PodDefaults.apply(toTemplate:))
            spec.editOrMake("strategy") { strategy in
                strategy.setDefault("type", "RollingUpdate")
                guard strategy.text("type") == "RollingUpdate" else { return }
                strategy.editOrMake("rollingUpdate") { update in
                    for field in ["maxUnavailable", "maxSurge"] where update[field] == nil { update[field] = "25%" }
                }
            }
            if spec["revisionHistoryLimit"] == nil { spec["revisionHistoryLimit"] = 10 }
            if spec["progressDeadlineSeconds"] == nil { spec["progressDeadlineSeconds"] = 600 }
        }
    }

    var metadataRules: MetadataRules { MetadataRules(update: .change) }

    /// Annotations count too, because replica sets get them.
    func generationSource(_ object: JSONValue) -> JSONValue? {
        JSONValue.array([object["spec"] ?? .null, object["metadata"]?["annotations"] ?? .null]).prunedOfEmpty
    }

    func prepareForStatusUpdate(_ object: inout JSONValue, old: JSONValue) {
        object["spec"] = old["spec"]
        object.edit("metadata") { $0["labels"] = old["metadata"]?["labels"] }
    }

    func validateCreate(_ object: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        let path = WorkloadValidation.spec
        var errors = FieldError.negative(spec, "replicas", path)
        errors += WorkloadValidation.selector(spec, "deployment")
        errors += WorkloadValidation.matches(spec) + WorkloadValidation.template(spec, "ReplicaSet")
        errors += strategy(spec["strategy"] ?? [:], path.child("strategy"))
        errors += WorkloadValidation.negatives(
            spec, ["minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"])
        if let deadline = spec["progressDeadlineSeconds"]?.integerValue, deadline <= spec.number("minReadySeconds") {
            errors.append(
                .invalid(
                    path.child("progressDeadlineSeconds"), .integer(deadline), "must be greater than minReadySeconds"))
        }
        return errors
    }

    private func strategy(_ strategy: JSONValue, _ path: FieldPath) -> [FieldError] {
        let update = strategy["rollingUpdate"]
        let field = path.child("rollingUpdate")
        switch strategy.text("type") {
        case "Recreate":
            return update == nil
                ? [] : [.forbidden(field, "may not be specified when strategy `type` is 'Recreate'")]
        case "RollingUpdate":
            let (missing, surge) = (update?["maxUnavailable"], update?["maxSurge"])
            var errors = PodAmount.validate(missing, field.child("maxUnavailable"))
            errors += PodAmount.validate(surge, field.child("maxSurge"))
            if PodAmount.number(missing) == 0, PodAmount.number(surge) == 0 {
                errors.append(
                    .invalid(
                        field.child("maxUnavailable"), missing ?? 0, "may not be 0 when `maxSurge` is 0"))
            }
            return errors + PodAmount.notMoreThanAll(missing, field.child("maxUnavailable"))
        default:
            return [.notSupported(path, strategy, ["Recreate", "RollingUpdate"])]
        }
    }

    func validateUpdate(_ object: JSONValue, old: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        validateCreate(object, context) + WorkloadValidation.immutableSelector(object, old)
    }

    func validateStatusUpdate(_ object: JSONValue, old: JSONValue) -> [FieldError] {
        let status = object["status"] ?? [:]
        let path = FieldPath("status")
        var errors = WorkloadValidation.negatives(
            status,
            [
                "observedGeneration", "replicas", "updatedReplicas", "readyReplicas", "availableReplicas",
                "unavailableReplicas", "collisionCount",
            ], path)
        errors += WorkloadValidation.counts(
            status, ["updatedReplicas", "readyReplicas", "availableReplicas"], notAbove: "replicas")
        errors += ReplicaSetStrategy.availableAboveReady(status, "readyReplicas")
        return errors + WorkloadValidation.collisions(object, old)
    }

    var table: TableDefinition { .deployments }
}
