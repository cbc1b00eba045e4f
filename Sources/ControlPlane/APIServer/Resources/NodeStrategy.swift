import JSONStream
import KubeAPI
import NetworkAddress

extension ResourceDefinition {
    static let nodes = ResourceDefinition(
        kind: "Node", plural: "nodes", shortNames: ["no"], isNamespaced: false, hasStatus: true, schema: .node,
        strategy: NodeStrategy())
}

extension StructSchema {
    static let node = root(
        "Node", "A machine of the cluster.",
        [
            Field("spec", .object(nodeSpec), .always, "What the node should be."),
            Field("status", .object(nodeStatus), .always, "What the node reported."),
        ])

    private static let taint = StructSchema(
        "Taint", "Keeps pods off a node that do not tolerate it.",
        [
            Field("key", .string, .always, required: true, "The key."),
            Field("value", .string, "The value."),
            Field("effect", .string, .always, required: true, "NoSchedule, PreferNoSchedule or NoExecute."),
            Field("timeAdded", .time, "When it was added."),
        ])

    private static let nodeSpec = StructSchema(
        "NodeSpec", "The desired state of a Node.",
        [
            Field("podCIDR", .string, "The range of pod addresses."),
            Field("podCIDRs", .array(.string), merges: true, list: .set, "The ranges of pod addresses, one a family."),
            Field("providerID", .string, "The node's identity at the cloud provider."),
            Field("unschedulable", .bool, "Whether no new pods may come."),
            Field("taints", .array(.object(taint)), "The taints of the node."),
            Field("configSource", .any, .pointer, "Not used any more."),
            Field("externalID", .string, "Not used any more."),
        ])

    private static let nodeCondition = StructSchema(
        "NodeCondition", "One aspect of the state of a Node.",
        [
            Field("type", .string, .always, required: true, "The kind of condition."),
            Field("status", .string, .always, required: true, "True, False or Unknown."),
            Field("lastHeartbeatTime", .time, .always, "When the node reported last."),
            Field("lastTransitionTime", .time, .always, "When the status changed last."),
            Field("reason", .string, "A word for the last change."),
            Field("message", .string, "A text for people."),
        ])

    private static let nodeSystemInfo = StructSchema(
        "NodeSystemInfo", "What the node runs.",
        [
            "machineID", "systemUUID", "bootID", "kernelVersion", "osImage", "containerRuntimeVersion",
            "kubeletVersion", "kubeProxyVersion", "operatingSystem", "architecture",
        ].map { Field($0, .string, .always, required: true, "As the node reported it.") } + [
            Field("swap", .any, .pointer, "Swap space.")
        ])

    private static let nodeStatus = StructSchema(
        "NodeStatus", "The state of a Node.",
        [
            Field("capacity", .map(.quantity), "All resources of the node."),
            Field("allocatable", .map(.quantity), "Resources that pods can have."),
            Field("phase", .string, "Not used any more."),
            Field(
                "conditions", .array(.object(nodeCondition)), mergeKey: "type", list: .map(["type"]),
                "Current conditions."),
            Field(
                "addresses",
                .array(
                    .object(
                        StructSchema(
                            "NodeAddress", "An address of the node.",
                            [
                                Field("type", .string, .always, required: true, "InternalIP, ExternalIP, Hostname ..."),
                                Field("address", .string, .always, required: true, "The address."),
                            ]))), mergeKey: "type", list: .map(["type"]), "Addresses of the node."),
            Field(
                "daemonEndpoints",
                .object(
                    StructSchema(
                        "NodeDaemonEndpoints", "Ports of the node's daemons.",
                        [
                            Field(
                                "kubeletEndpoint",
                                .object(
                                    StructSchema(
                                        "DaemonEndpoint", "A daemon's port.",
                                        [Field("Port", .int32, .always, required: true, "The port.")])), .always,
                                "The kubelet's port.")
                        ])), .always, "Ports of the node's daemons."),
            Field("nodeInfo", .object(nodeSystemInfo), .always, "What the node runs."),
            Field("images", .array(.any), "Container images on the node."),
            Field("volumesInUse", .array(.string), "Attached volumes that are in use."),
            Field("volumesAttached", .array(.any), "Attached volumes."),
            Field("config", .any, .pointer, "Not used any more."),
            Field("runtimeHandlers", .array(.any), "Available runtime handlers."),
            Field("features", .any, .pointer, "Features of the container runtime."),
            Field("declaredFeatures", .array(.string), "Features that the node declares."),
        ])
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
