import APIObjects
import APIPods
import JSONStream
import KubeSchema

extension ResourceDefinition {
    static let statefulSets = ResourceDefinition(
        "statefulsets", group: "apps", strategy: StatefulSetStrategy())

    static let controllerRevisions = ResourceDefinition(
        "controllerrevisions", group: "apps",
        strategy: PlainStrategy(
            table: .controllerRevisions,
            rules: { object, old in
                let data: [FieldError] =
                    object.has("data") ? [] : [.required(FieldPath("data"), "data is mandatory")]
                return data + FieldError.negative(object, "revision", FieldPath(""))
                    + PlainStrategy.immutable(["data"], object, old)
            }))
}

struct StatefulSetStrategy: WorkloadStrategy {
    static let status = KubeSchema["apps.v1.StatefulSetStatus"]
    private static let mutable = [
        "replicas", "template", "updateStrategy", "minReadySeconds", "ordinals", "revisionHistoryLimit",
        "persistentVolumeClaimRetentionPolicy",
    ]

    func applyDefaults(_ object: inout JSONValue) {
        object.edit("spec") { spec in
            spec.setDefault("podManagementPolicy", "OrderedReady")
            spec.editOrMake("updateStrategy") { strategy in
                if strategy.text("type").isEmpty {
                    strategy["type"] = "RollingUpdate"
                    strategy.setDefault("rollingUpdate", [:])
                }
                guard strategy.text("type") == "RollingUpdate" else { return }
                strategy.edit("rollingUpdate") { update in
                    if update["partition"] == nil { update["partition"] = 0 }
                    if update["maxUnavailable"] == nil { update["maxUnavailable"] = 1 }
                }
            }
            spec.editOrMake("persistentVolumeClaimRetentionPolicy") { policy in
                for field in ["whenDeleted", "whenScaled"] { policy.setDefault(field, "Retain") }
            }
            if spec["replicas"] == nil { spec["replicas"] = 1 }
            if spec["revisionHistoryLimit"] == nil { spec["revisionHistoryLimit"] = 10 }
            spec.edit("template", PodDefaults.apply(toTemplate:))
            spec.editItems("volumeClaimTemplates") { claim in
                claim["kind"] = "PersistentVolumeClaim"
                claim["apiVersion"] = "v1"
                PersistentVolumeClaimStrategy().applyDefaults(&claim)
            }
        }
    }

    func validateName(_ name: String) -> [String] { Names.dnsLabel(name) }

    func nameWarnings(_ object: JSONValue) -> [String] { [] }

    func validateCreate(_ object: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        let path = WorkloadValidation.spec
        var errors: [FieldError] = []
        let management = spec.text("podManagementPolicy")
        if !["OrderedReady", "Parallel"].contains(management) {
            errors.append(
                .invalid(
                    path.child("podManagementPolicy"), .string(management), "must be 'OrderedReady' or 'Parallel'"))
        }
        errors += strategy(spec["updateStrategy"] ?? [:], path.child("updateStrategy"))
        for field in ["whenDeleted", "whenScaled"] {
            let policy = spec["persistentVolumeClaimRetentionPolicy"]?.text(field) ?? ""
            guard !["Retain", "Delete"].contains(policy) else { continue }
            errors.append(
                .notSupported(
                    path.child("persistentVolumeClaimRetentionPolicy").child(field), .string(policy),
                    ["Retain", "Delete"]))
        }
        errors += WorkloadValidation.negatives(spec, ["replicas", "minReadySeconds"])
        if let start = spec["ordinals"]?.number("start"), start < 0 {
            errors.append(.invalid(path.child("ordinals.start"), .integer(start), FieldError.notNegative))
        }
        errors += WorkloadValidation.selector(spec, "statefulset") + WorkloadValidation.matches(spec)
        // The volumes of claim templates are not there yet, so the pod itself is checked when it is made.
        let template = spec["template"]?["metadata"] ?? [:]
        let templatePath = path.child("template")
        errors += MetadataValidation.labels(template["labels"], templatePath.child("labels"))
        errors += MetadataValidation.annotations(template["annotations"], templatePath.child("annotations"))
        errors += PodValidation.annotations(
            template["annotations"], spec["template"]?["spec"] ?? [:], templatePath.child("annotations"))
        return errors + WorkloadValidation.lasting(spec, "StatefulSet")
    }

    private func strategy(_ strategy: JSONValue, _ path: FieldPath) -> [FieldError] {
        let update = strategy["rollingUpdate"].flatMap { $0.isNull ? nil : $0 }
        let field = path.child("rollingUpdate")
        switch strategy.text("type") {
        case "OnDelete":
            return update.map { [.invalid(field, $0, "only allowed for updateStrategy 'RollingUpdate'")] } ?? []
        case "RollingUpdate":
            guard let update else { return [] }
            var errors = FieldError.negative(update, "partition", field)
            guard let missing = update["maxUnavailable"] else { return errors }
            errors += PodAmount.validate(missing, field.child("maxUnavailable"))
            if PodAmount.number(missing) == 0 {
                errors.append(.invalid(field.child("maxUnavailable"), missing, "cannot be 0"))
            }
            return errors + PodAmount.notMoreThanAll(missing, field.child("maxUnavailable"))
        default:
            return [.invalid(path, strategy, "must be 'RollingUpdate' or 'OnDelete'")]
        }
    }

    var metadataRules: MetadataRules { MetadataRules(update: .change) }

    func validateUpdate(_ object: JSONValue, old: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        var errors = validateCreate(object, context)
        func fixed(_ object: JSONValue) -> JSONValue {
            var spec = object["spec"] ?? [:]
            for field in Self.mutable { spec[field] = nil }
            return SchemaReader.ordered(spec, KubeSchema["apps.v1.StatefulSetSpec"]).prunedOfEmpty
        }
        if fixed(object) != fixed(old) {
            errors.append(
                .forbidden(
                    WorkloadValidation.spec,
                    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
                        + "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and "
                        + "'minReadySeconds' are forbidden"))
        }
        return errors
    }

    func validateStatusUpdate(_ object: JSONValue, old: JSONValue) -> [FieldError] {
        let status = object["status"] ?? [:]
        let counts = ["readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas"]
        return WorkloadValidation.negatives(
            status, ["replicas"] + counts + ["observedGeneration", "collisionCount"], FieldPath("status"))
            + WorkloadValidation.counts(status, counts, notAbove: "replicas")
            + ReplicaSetStrategy.availableAboveReady(status, "status.readyReplicas")
            + WorkloadValidation.collisions(object, old)
    }

    var table: TableDefinition { .statefulSets }
}
