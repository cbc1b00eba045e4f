package import APIObjects
import APIPods
package import JSONStream
import KubeAPI
import KubeSchema

/// What objects use of the resources that a ResourceQuota counts, in units of a nano. Pure.
package struct ResourceUsage: Equatable, Sendable {
    private(set) var amounts: [String: Int128] = [:]

    package subscript(name: String) -> Int128 { amounts[name] ?? 0 }

    private static let one: Int128 = 1_000_000_000

    package mutating func add(_ other: ResourceUsage) {
        for (name, amount) in other.amounts { amounts[name, default: 0] = amounts[name, default: 0] &+ amount }
    }

    /// What one object uses, and whether it counts at all.
    /// - Parameter scopes: what kinds of pods count.
    package init(of object: JSONValue, _ definition: ResourceDefinition, scopes: QuotaScopes = QuotaScopes()) {
        let name = definition.qualifiedPlural
        guard definition === ResourceDefinition.pods else {
            // Scopes are for pods and claims.
            guard scopes.isEmpty else { return }
            amounts["count/\(name)"] = Self.one
            if definition.group.isEmpty, Self.counted.contains(name) { amounts[name] = Self.one }
            if name == "services" { service(object) }
            if name == "persistentvolumeclaims" { claim(object) }
            return
        }
        // Every pod that is stored counts as an object; those that have ended use nothing else.
        if scopes.isEmpty { amounts["count/pods"] = Self.one }
        guard !["Succeeded", "Failed"].contains(object["status"]?.text("phase") ?? ""), scopes.match(object) else {
            return
        }
        amounts["pods"] = Self.one
        pod(object["spec"] ?? [:])
    }

    package init() {}

    private static let counted: Set<String> = [
        "services", "replicationcontrollers", "resourcequotas", "secrets", "configmaps", "persistentvolumeclaims",
    ]

    private mutating func pod(_ spec: JSONValue) {
        for list in ["requests", "limits"] {
            var sums: [String: Int128] = [:]
            func each(_ container: JSONValue, _ body: (String, Int128) -> Void) {
                for (name, amount) in container["resources"]?[list]?.objectValue ?? [:] {
                    body(name, max(0, Quantity.value(amount.stringValue ?? "") ?? 0))
                }
            }
            let sidecars = spec.items("initContainers").filter { $0.text("restartPolicy") == "Always" }
            for container in spec.items("containers") + sidecars {
                each(container) { sums[$0, default: 0] = sums[$0, default: 0] &+ $1 }
            }
            for container in spec.items("initContainers") where container.text("restartPolicy") != "Always" {
                each(container) { sums[$0] = max(sums[$0] ?? 0, $1) }
            }
            for (name, amount) in spec["overhead"]?.objectValue ?? [:] {
                sums[name, default: 0] =
                    sums[name, default: 0] &+ (Quantity.value(amount.stringValue ?? "") ?? 0)
            }
            for (name, amount) in sums {
                amounts["\(list).\(name)"] = amount
                if list == "requests", ["cpu", "memory", "ephemeral-storage"].contains(name) { amounts[name] = amount }
            }
        }
    }

    private mutating func service(_ service: JSONValue) {
        let spec = service["spec"] ?? [:]
        let ports = Int128(spec.items("ports").count) * Self.one
        switch spec.text("type") {
        case "NodePort": amounts["services.nodeports"] = ports
        case "LoadBalancer":
            amounts["services.loadbalancers"] = Self.one
            if spec["allocateLoadBalancerNodePorts"] != false { amounts["services.nodeports"] = ports }
        default: break
        }
    }

    private mutating func claim(_ claim: JSONValue) {
        let spec = claim["spec"] ?? [:]
        let size = Quantity.value(spec["resources"]?["requests"]?.text("storage") ?? "") ?? 0
        amounts["requests.storage"] = size
        let name = spec.text("storageClassName")
        guard !name.isEmpty else { return }
        amounts["\(name).storageclass.storage.k8s.io/requests.storage"] = size
        amounts["\(name).storageclass.storage.k8s.io/persistentvolumeclaims"] = Self.one
    }
}

/// Which pods a ResourceQuota counts.
package struct QuotaScopes: Sendable {
    private var terms: [(scope: String, operation: String, values: [String])] = []

    init() {}

    package init(_ spec: JSONValue) {
        terms = spec.strings("scopes").map { ($0, "Exists", []) }
        for term in spec["scopeSelector"]?.items("matchExpressions") ?? [] {
            terms.append((term.text("scopeName"), term.text("operator"), term.strings("values")))
        }
    }

    var isEmpty: Bool { terms.isEmpty }

    package func match(_ pod: JSONValue) -> Bool {
        let spec = pod["spec"] ?? [:]
        return terms.allSatisfy { term in
            switch term.scope {
            case "Terminating": spec["activeDeadlineSeconds"]?.integerValue ?? -1 >= 0
            case "NotTerminating": spec["activeDeadlineSeconds"]?.integerValue ?? -1 < 0
            case "BestEffort": PodQOS.classOf(spec) == "BestEffort"
            case "NotBestEffort": PodQOS.classOf(spec) != "BestEffort"
            case "PriorityClass": matches(spec.text("priorityClassName"), term.operation, term.values)
            case "CrossNamespacePodAffinity": reachesElsewhere(spec)
            default: false
            }
        }
    }

    private func matches(_ name: String, _ operation: String, _ values: [String]) -> Bool {
        switch operation {
        case "In": values.contains(name)
        case "NotIn": !values.contains(name)
        case "DoesNotExist": name.isEmpty
        default: !name.isEmpty
        }
    }

    private func reachesElsewhere(_ spec: JSONValue) -> Bool {
        ["podAffinity", "podAntiAffinity"].contains { kind in
            let affinity = spec["affinity"]?[kind] ?? [:]
            let terms =
                affinity.items("requiredDuringSchedulingIgnoredDuringExecution")
                + affinity.items("preferredDuringSchedulingIgnoredDuringExecution").map { $0["podAffinityTerm"] ?? [:] }
            return terms.contains { !$0.items("namespaces").isEmpty || $0.has("namespaceSelector") }
        }
    }
}
