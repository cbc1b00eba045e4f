import APIObjects
import JSONStream
import KubeAPI

/// Requests and limits of a pod as a whole, and how they go together with those of its containers.
enum PodLevelResources {
    static func isSupported(_ name: String) -> Bool {
        name == "cpu" || name == "memory" || name.hasPrefix("hugepages-")
    }

    static func isSidecar(_ container: JSONValue) -> Bool { container.text("restartPolicy") == "Always" }

    /// What the scheduler sets aside for the containers: all that run at once, or the largest init container.
    static func requests(of spec: JSONValue) -> [String: Int128] {
        var running: [String: Int128] = [:]
        for container in spec.items("containers") { add(list(container, "requests"), to: &running) }
        var sidecars: [String: Int128] = [:]
        var peak: [String: Int128] = [:]
        for container in spec.items("initContainers") {
            var needed = list(container, "requests")
            if isSidecar(container) {
                add(needed, to: &running)
                add(needed, to: &sidecars)
                needed = sidecars
            } else {
                add(sidecars, to: &needed)
            }
            peak.merge(needed, uniquingKeysWith: max)
        }
        return running.merging(peak, uniquingKeysWith: max)
    }

    static func list(_ holder: JSONValue, _ name: String) -> [String: Int128] {
        var amounts: [String: Int128] = [:]
        for (resource, amount) in holder["resources"]?[name]?.objectValue ?? [:] {
            amounts[resource] = Quantity.value(amount.stringValue ?? "") ?? 0
        }
        return amounts
    }

    private static func add(_ amounts: [String: Int128], to sum: inout [String: Int128]) {
        sum.merge(amounts) { left, right in
            let (value, overflow) = left.addingReportingOverflow(right)
            return overflow ? .max : value
        }
    }

    /// Requests that are left out follow from the containers', or from the limits.
    static func applyDefaults(to spec: inout JSONValue) {
        guard let limits = spec["resources"]?["limits"]?.objectValue, !limits.isEmpty else { return }
        let needed = requests(of: spec)
        spec.edit("resources") { resources in
            resources.editOrMake("requests") { requests in
                for (name, amount) in needed.sorted(by: { $0.key < $1.key })
                where requests[name] == nil && isSupported(name) && !name.hasPrefix("hugepages-") {
                    requests[name] = .string(Quantity.text(amount, like: name == "memory" ? "Mi" : ""))
                }
                for (name, limit) in limits where requests[name] == nil && isSupported(name) {
                    requests[name] = limit
                }
            }
        }
    }
}
