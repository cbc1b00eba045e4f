package import APIObjects
import JSONStream
import KubeAPI
import KubeSchema
import NetworkAddress

extension ResourceDefinition {
    package static let nodes = ResourceDefinition(
        "nodes", strategy: NodeStrategy())
}

struct NodeStrategy: ResourceStrategy {
    private static let notReadyTaint: JSONValue = ["key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"]

    func applyDefaults(_ object: inout JSONValue) {
        var spec = object["spec"] ?? [:]
        let cidrs = spec.items("podCIDRs")
        // A client that knows the older field only changes that one, so that it wins where the two differ.
        if let cidr = spec["podCIDR"], cidr != cidrs.first { spec["podCIDRs"] = [cidr] }
        if spec["podCIDR"] == nil, let first = cidrs.first { spec["podCIDR"] = first }
        object["spec"] = spec
        if var status = object["status"], let capacity = status["capacity"]?.objectValue {
            var allocatable = status["allocatable"] ?? [:]
            for (name, amount) in capacity where allocatable[name] == nil { allocatable[name] = amount }
            status["allocatable"] = allocatable
            object["status"] = status
        }
    }

    func prepareForCreate(_ object: inout JSONValue, _ context: AdmissionContext) {
        // A new node takes no pods until a controller has seen it ready (upstream's admission does this).
        var spec = object["spec"] ?? [:]
        let taints = spec.items("taints")
        let hasTaint = taints.contains {
            $0.text("key") == Self.notReadyTaint.text("key") && $0.text("effect") == "NoSchedule"
        }
        if !hasTaint { spec["taints"] = .array(taints + [Self.notReadyTaint]) }
        object["spec"] = spec
    }

    func prepareForUpdate(_ object: inout JSONValue, old: JSONValue, _ context: AdmissionContext) {
        object["status"] = old["status"]
    }

    func validateCreate(_ object: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        var errors = taints(spec) + resources(object["status"])
        let path = FieldPath("spec.podCIDRs")
        let cidrs = spec.strings("podCIDRs")
        for (index, cidr) in cidrs.enumerated() { errors += AddressValidation.cidr(cidr, path.index(index)) }
        if cidrs.count > 1 {
            let families = Set(cidrs.map { $0.contains(":") })
            if families.count < 2 || cidrs.count > 2 {
                errors.append(
                    .invalid(
                        path, spec["podCIDRs"] ?? [], "may specify no more than one CIDR for each IP family"))
            }
            var seen: Set<String> = []
            for (index, cidr) in cidrs.enumerated() where !seen.insert(cidr).inserted {
                errors.append(.duplicate(path.index(index), .string(cidr)))
            }
        }
        return errors
    }

    var metadataRules: MetadataRules { MetadataRules(update: .wholeAndChange) }

    func validateUpdate(_ object: JSONValue, old: JSONValue, _ context: AdmissionContext) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        let before = old["spec"] ?? [:]
        var errors = resources(object["status"]) + addresses(object)
        let oldCIDRs = before.items("podCIDRs")
        if !oldCIDRs.isEmpty, oldCIDRs != spec.items("podCIDRs") {
            errors.append(
                .forbidden(
                    FieldPath("spec.podCIDRs"), "node updates may not change podCIDR except from \"\" to valid"))
        }
        if !before.text("providerID").isEmpty, before["providerID"] != spec["providerID"] {
            errors.append(
                .forbidden(
                    FieldPath("spec.providerID"), "node updates may not change providerID except from \"\" to valid"))
        }
        errors += taints(spec)
        if before["externalID"] != spec["externalID"] {
            errors.append(.forbidden(FieldPath("spec.externalID"), "may not be updated"))
        }
        return errors
    }

    func validateStatusUpdate(_ object: JSONValue, old: JSONValue) -> [FieldError] {
        resources(object["status"]) + addresses(object)
    }

    private func addresses(_ object: JSONValue) -> [FieldError] {
        var seen: Set<JSONValue> = []
        var errors: [FieldError] = []
        for (index, address) in (object["status"]?.items("addresses") ?? []).enumerated()
        where !seen.insert(address).inserted {
            errors.append(.duplicate(FieldPath("status.addresses").index(index), address))
        }
        return errors
    }

    private func taints(_ spec: JSONValue) -> [FieldError] {
        let path = FieldPath("metadata.taints")
        let effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"]
        var errors: [FieldError] = []
        var seen: Set<String> = []
        for (index, taint) in spec.items("taints").enumerated() {
            let item = path.index(index)
            let key = taint.text("key")
            errors += Names.qualifiedName(key).map { .invalid(item.child("key"), .string(key), $0) }
            let value = taint.text("value")
            errors += Names.labelValue(value).map { .invalid(item.child("value"), .string(value), $0) }
            let effect = taint.text("effect")
            if effect.isEmpty {
                errors.append(.required(item.child("effect")))
            } else if !effects.contains(effect) {
                errors.append(.notSupported(item.child("effect"), .string(effect), effects))
            }
            if !seen.insert("\(effect) \(key)").inserted {
                errors.append(
                    FieldError(
                        kind: .duplicate, field: item.description,
                        message: "Duplicate value: \(String(decoding: taint.serialized(), as: UTF8.self)): "
                            + "taints must be unique by key and effect pair"))
            }
        }
        return errors
    }

    private func resources(_ status: JSONValue?) -> [FieldError] {
        var errors: [FieldError] = []
        for list in ["capacity", "allocatable"] {
            for (name, amount) in status?[list]?.objectValue ?? [:] {
                let path = FieldPath("status.\(list).\(name)")
                let text = amount.stringValue ?? ""
                errors += Names.qualifiedName(name).map { .invalid(path, .string(name), $0) }
                if Quantity.isNegative(text) {
                    errors.append(.invalid(path, amount, "must be greater than or equal to 0"))
                }
                if name == "pods", !Quantity.isWhole(text) {
                    errors.append(.invalid(path, amount, "must be an integer"))
                }
            }
        }
        return errors
    }

    var selectableFields: [String] { ["spec.unschedulable"] }

    func selectableField(_ label: String, of object: JSONValue) -> String? {
        guard label == "spec.unschedulable" else { return nil }
        return object["spec"]?["unschedulable"]?.boolValue == true ? "true" : "false"
    }

    var table: TableDefinition { .nodes }
}
