package import APIObjects
import JSONStream
import KubeSchema

extension ResourceDefinition {
    package static let pods = ResourceDefinition(
        "pods", returnsDeletedObject: true, strategy: PodStrategy())
}

/// Defaults, admission and life cycle of Pods; validation is in types of its own.
struct PodStrategy: ResourceStrategy {
    func applyDefaults(_ object: inout JSONValue) { PodDefaults.apply(toPod: &object) }

    var admissionReadsOthers: Bool { true }

    func admit(_ object: inout JSONValue, old: JSONValue?, _ context: AdmissionContext) throws {
        try PodAdmission(context).admit(&object, old: old)
    }

    func prepareForCreate(_ object: inout JSONValue, _ context: AdmissionContext) {
        let labels = object["metadata"]?["labels"] ?? [:]
        object.edit("spec") { MatchLabelKeys.apply(to: &$0, labels) }
        let spec = object["spec"] ?? [:]
        var status: JSONValue = ["phase": "Pending", "qosClass": .string(PodQOS.classOf(spec))]
        if !spec.items("schedulingGates").isEmpty {
            status["conditions"] = [
                [
                    "type": "PodScheduled", "status": "False", "lastProbeTime": nil, "lastTransitionTime": nil,
                    "reason": "SchedulingGated",
                    "message": "Scheduling is blocked due to non-empty scheduling gates",
                ]
            ]
        }
        object["status"] = status
    }

    func prepareForUpdate(_ object: inout JSONValue, old: JSONValue, _ context: AdmissionContext) {
        object["status"] = old["status"]
    }

    func prepareForStatusUpdate(_ object: inout JSONValue, old: JSONValue) {
        object["spec"] = old["spec"]
        object.edit("metadata") { $0["ownerReferences"] = old["metadata"]?["ownerReferences"] }
        var generations: [String: [JSONValue?]] = [:]
        for condition in old["status"]?.items("conditions") ?? [] {
            generations[condition.text("type"), default: []].append(condition["observedGeneration"])
        }
        object.editOrMake("status") { status in
            status.setDefault("qosClass", old["status"]?["qosClass"] ?? "")
            if status["observedGeneration"] == nil {
                status["observedGeneration"] = old["status"]?["observedGeneration"]
            }
            status.editItems("conditions") { condition in
                let type = condition.text("type")
                guard var known = generations[type], !known.isEmpty else { return }
                let before = known.removeFirst()
                generations[type] = known
                if condition["observedGeneration"] == nil { condition["observedGeneration"] = before }
            }
            synchronize(&status, old["status"] ?? [:])
        }
    }

    /// The first address of each list is the one of the older field.
    private func synchronize(_ status: inout JSONValue, _ old: JSONValue) {
        for (list, single) in [("podIPs", "podIP"), ("hostIPs", "hostIP")] {
            let address = status.text(single)
            if status.items(list).isEmpty, !address.isEmpty, list == "podIPs" {
                status[list] = [["ip": .string(address)]]
            } else if list == "podIPs", let first = status.items(list).first?.text("ip"), first != address {
                if address.isEmpty {
                    status[single] = .string(first)
                } else {
                    status[list] = [["ip": .string(address)]]
                }
            }
        }
    }

    func prepareForUpdate(_ object: inout JSONValue, old: JSONValue, part: String) {
        let given = object["spec"] ?? [:]
        object["status"] = old["status"]
        object["spec"] = old["spec"]
        object.edit("metadata") { metadata in
            for field in ["labels", "annotations", "finalizers", "ownerReferences"] {
                metadata[field] = old["metadata"]?[field]
            }
        }
        object.edit("spec") { spec in
            if part == "ephemeralcontainers" {
                spec["ephemeralContainers"] = given["ephemeralContainers"]
            } else {
                for list in ["containers", "initContainers"] { Self.resize(&spec, given, list) }
            }
        }
    }

    /// Takes resources over; other containers than before are left for validation to see.
    private static func resize(_ spec: inout JSONValue, _ given: JSONValue, _ list: String) {
        let containers = given.items(list)
        guard containers.map({ $0.text("name") }) == spec.items(list).map({ $0.text("name") }) else {
            spec[list] = given[list]
            return
        }
        var index = 0
        spec.editItems(list) { container in
            for field in ["resources", "resizePolicy"] { container[field] = containers[index][field] }
            index += 1
        }
    }

    func generationSource(_ object: JSONValue) -> JSONValue? {
        SchemaReader.ordered(object["spec"] ?? [:], KubeSchema["core.v1.PodSpec"]).prunedOfEmpty
    }

    func validateCreate(_ object: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        PodValidation.create(object)
    }

    func validateUpdate(_ object: JSONValue, old: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        PodValidation.update(object, old: old)
    }

    func validateStatusUpdate(_ object: JSONValue, old: JSONValue) -> [FieldError] {
        PodStatusValidation(object, old: old).validate()
    }

    func validateUpdate(_ object: JSONValue, old: JSONValue, part: String) -> [FieldError] {
        part == "ephemeralcontainers"
            ? PodPartValidation.ephemeralContainers(object, old: old) : PodPartValidation.resize(object, old: old)
    }

    /// People do not change pods, so only new ones are worth warnings.
    func warnings(_ object: JSONValue, old: JSONValue?) -> [String] {
        guard old == nil else { return [] }
        let problems = Names.dnsLabel(object["metadata"]?.text("name") ?? "")
        let name =
            problems.isEmpty
            ? []
            : [
                "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS "
                    + "label is recommended: [\(problems.joined(separator: " "))]"
            ]
        return name + PodWarnings(object["spec"] ?? [:], object["metadata"] ?? [:], at: FieldPath("")).texts
    }

    /// The given seconds, else those of the pod. A pod that runs nowhere goes at once.
    func gracePeriod(_ object: JSONValue, requested: Int64?) -> Int64? {
        let spec = object["spec"] ?? [:]
        let isDone = ["Failed", "Succeeded"].contains(object["status"]?.text("phase") ?? "")
        if spec.text("nodeName").isEmpty || isDone { return 0 }
        let period = requested ?? spec.number("terminationGracePeriodSeconds")
        return period < 0 ? 1 : period
    }

    var selectableFields: [String] {
        [
            "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork",
            "status.phase", "status.podIP", "status.podIPs", "status.nominatedNodeName",
        ]
    }

    func selectableField(_ label: String, of object: JSONValue) -> String? {
        let status = object["status"] ?? [:]
        switch label {
        case "spec.hostNetwork": return object["spec"]?.flag("hostNetwork") == true ? "true" : "false"
        case "status.podIP", "status.podIPs": return status.items("podIPs").first?.text("ip") ?? ""
        case _ where label.hasPrefix("spec."): return object["spec"]?.text(String(label.dropFirst(5))) ?? ""
        default: return status.text(String(label.dropFirst("status.".count)))
        }
    }

    var table: TableDefinition { .pods }
}
