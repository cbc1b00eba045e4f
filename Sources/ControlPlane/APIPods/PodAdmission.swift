import APIObjects
import JSONStream

/// What upstream's default admission plugins do with pods: LimitRanger, ServiceAccount, RuntimeClass, Priority,
/// DefaultTolerationSeconds and PodTopologyLabels.
struct PodAdmission {
    private static let tolerated = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"]
    private static let tolerationSeconds: JSONValue = 300

    private let context: AdmissionContext

    init(_ context: AdmissionContext) { self.context = context }

    func admit(_ pod: inout JSONValue, old: JSONValue?) throws {
        let name = pod["metadata"]?.text("name") ?? ""
        if let old {
            keepPriority(&pod, old)
        } else {
            try ServiceAccountAdmission(context: context).admit(&pod)
            try runtimeClass(&pod, name)
            try priority(&pod, name)
            try LimitRanger(context, namespace: pod["metadata"]?.text("namespace") ?? "").admit(pod: &pod)
        }
        pod.edit("spec", tolerations)
        if old == nil, let node = pod["spec"]?.text("nodeName") { PodTopology.copyLabels(of: node, to: &pod, context) }
    }

    private func keepPriority(_ pod: inout JSONValue, _ old: JSONValue) {
        pod.edit("spec") { spec in
            for field in ["priority", "preemptionPolicy"] where spec[field] == nil { spec[field] = old["spec"]?[field] }
        }
    }

    private func runtimeClass(_ pod: inout JSONValue, _ name: String) throws {
        let spec = pod["spec"] ?? [:]
        guard let wanted = spec["runtimeClassName"]?.stringValue else {
            if let overhead = spec["overhead"]?.objectValue, !overhead.isEmpty {
                throw refusal(
                    name, "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead")
            }
            return
        }
        guard let found = context.find("runtimeclasses.node.k8s.io", "", wanted) else {
            throw refusal(name, "pod rejected: RuntimeClass \"\(wanted)\" not found")
        }
        let overhead = found["overhead"]?["podFixed"]
        if let given = spec["overhead"], !given.isNull, given != [:] {
            guard given == overhead else {
                throw refusal(name, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead")
            }
        } else if let overhead {
            pod.edit("spec") { $0["overhead"] = overhead }
        }
        try schedule(&pod, found["scheduling"], name)
    }

    /// The nodes that the runtime class needs.
    private func schedule(_ pod: inout JSONValue, _ scheduling: JSONValue?, _ name: String) throws {
        guard let scheduling, !scheduling.isNull else { return }
        for (key, value) in scheduling["nodeSelector"]?.objectValue ?? [:] {
            if let present = pod["spec"]?["nodeSelector"]?[key], present != value {
                throw refusal(
                    name,
                    "conflict: runtimeClass.scheduling.nodeSelector[\(key)] = \(value.stringValue ?? ""); "
                        + "pod.spec.nodeSelector[\(key)] = \(present.stringValue ?? "")")
            }
            pod.edit("spec") { spec in spec.editOrMake("nodeSelector") { $0[key] = value } }
        }
        let added = scheduling.items("tolerations")
        guard !added.isEmpty else { return }
        pod.edit("spec") { spec in
            let present = spec.items("tolerations")
            spec["tolerations"] = .array(present + added.filter { !present.contains($0) })
        }
    }

    // MARK: Priority

    private func priority(_ pod: inout JSONValue, _ name: String) throws {
        var className = pod["spec"]?.text("priorityClassName") ?? ""
        let found: JSONValue?
        if className.isEmpty {
            found = context.all("priorityclasses.scheduling.k8s.io", "").filter { $0.flag("globalDefault") }
                .min { $0.number("value") < $1.number("value") }
            className = found?["metadata"]?.text("name") ?? ""
        } else {
            found = context.find("priorityclasses.scheduling.k8s.io", "", className)
            guard found != nil else { throw refusal(name, "no PriorityClass with name \(className) was found") }
        }
        let priority = found?.number("value") ?? 0
        let preemption = found?["preemptionPolicy"]?.stringValue ?? "PreemptLowerPriority"
        let spec = pod["spec"] ?? [:]
        if let given = spec["priority"]?.integerValue, given != priority {
            throw refusal(
                name,
                "the integer value of priority (\(given)) must not be provided in pod spec; priority admission "
                    + "controller computed \(priority) from the given PriorityClass name")
        }
        if let given = spec["preemptionPolicy"]?.stringValue, given != preemption {
            throw refusal(
                name,
                "the string value of PreemptionPolicy (\(given)) must not be provided in pod spec; priority "
                    + "admission controller computed \(preemption) from the given PriorityClass name")
        }
        pod.edit("spec") { spec in
            if !className.isEmpty { spec["priorityClassName"] = .string(className) }
            spec["priority"] = .integer(priority)
            spec["preemptionPolicy"] = .string(preemption)
        }
    }

    private func refusal(_ name: String, _ why: String) -> StatusError { .forbidden(.pods, name, why) }

    // MARK: Tolerations

    /// A pod stays five minutes on a node that is not ready or cannot be reached.
    private func tolerations(_ spec: inout JSONValue) {
        let present = spec.items("tolerations")
        let added = Self.tolerated.filter { key in
            !present.contains { toleration in
                ["", key].contains(toleration.text("key")) && ["", "NoExecute"].contains(toleration.text("effect"))
            }
        }
        guard !added.isEmpty else { return }
        let made = added.map { key -> JSONValue in
            [
                "key": .string(key), "operator": "Exists", "effect": "NoExecute",
                "tolerationSeconds": Self.tolerationSeconds,
            ]
        }
        spec["tolerations"] = .array(present + made)
    }
}
