import APIObjects
package import JSONStream

/// The quality of service class of a pod: who is ended first when a node runs out of memory.
package enum PodQOS {
    private static let counted = ["cpu", "memory"]

    package static func classOf(_ spec: JSONValue) -> String {
        if spec.has("resources") { return classOf([spec], isPodLevel: true) }
        return classOf(spec.items("containers") + spec.items("initContainers"), isPodLevel: false)
    }

    private static func classOf(_ holders: [JSONValue], isPodLevel: Bool) -> String {
        var requests: [String: Int128] = [:]
        var limits: [String: Int128] = [:]
        var isGuaranteed = true
        for holder in holders {
            let wanted = PodLevelResources.list(holder, "requests").filter { counted.contains($0.key) && $0.value > 0 }
            let most = PodLevelResources.list(holder, "limits").filter { counted.contains($0.key) && $0.value > 0 }
            requests.merge(wanted) { $0.addingReportingOverflow($1).partialValue }
            limits.merge(most) { $0.addingReportingOverflow($1).partialValue }
            if most.count < counted.count { isGuaranteed = false }
        }
        if requests.isEmpty, limits.isEmpty { return "BestEffort" }
        guard isGuaranteed, requests == limits else { return "Burstable" }
        return "Guaranteed"
    }
}
