import APIObjects
import JSONStream
import KubeAPI

/// What LimitRanges of a namespace make of containers, pods and claims (upstream's LimitRanger plugin).
struct LimitRanger {
    private let ranges: [JSONValue]

    init(_ context: AdmissionContext, namespace: String) {
        ranges = context.all("limitranges", namespace).sorted {
            ($0["metadata"]?.text("name") ?? "") < ($1["metadata"]?.text("name") ?? "")
        }
    }

    private func items(_ type: String) -> [JSONValue] {
        ranges.flatMap { $0["spec"]?.items("limits") ?? [] }.filter { $0.text("type") == type }
    }

    // MARK: Pods

    /// Fills in what containers do not ask for, and refuses what is out of range.
    func admit(pod: inout JSONValue) throws(StatusError) {
        guard !ranges.isEmpty else { return }
        let name = pod["metadata"]?.text("name") ?? ""
        let containers = items("Container")
        var filled: [String] = []
        pod.edit("spec") { spec in
            for list in ["containers", "initContainers"] {
                spec.editItems(list) { container in
                    let what = fill(&container, containers)
                    if !what.isEmpty {
                        filled.append(
                            "\(what.joined(separator: ", ")) for \(list == "containers" ? "" : "init ")container "
                                + container.text("name"))
                    }
                }
            }
        }
        if !filled.isEmpty {
            pod.editOrMake("metadata") { metadata in
                metadata.editOrMake("annotations") {
                    $0["kubernetes.io/limit-ranger"] = .string(
                        "LimitRanger plugin set: \(filled.joined(separator: "; "))")
                }
            }
        }
        let spec = pod["spec"] ?? [:]
        var problems: [String] = []
        for container in spec.items("initContainers") + spec.items("containers") {
            for item in containers { problems += check(container["resources"] ?? [:], item, "Container") }
        }
        for item in items("Pod") {
            problems += check(Self.total(spec), item, "Pod")
        }
        try refuse(problems, .pods, name)
    }

    /// - Returns: what was filled in, in words.
    private func fill(_ container: inout JSONValue, _ items: [JSONValue]) -> [String] {
        var filled: [String] = []
        for (list, source, word) in [("limits", "default", "limit"), ("requests", "defaultRequest", "request")] {
            for item in items {
                for (resource, amount) in item.sortedMembers(source)
                where container["resources"]?[list]?[resource] == nil {
                    container.editOrMake("resources") { resources in
                        resources.editOrMake(list) { $0[resource] = amount }
                    }
                    filled.append("\(resource) \(word)")
                }
            }
        }
        return filled
    }

    /// The sums over all containers, or what the largest init container needs.
    private static func total(_ spec: JSONValue) -> JSONValue {
        var total: JSONValue = [:]
        for list in ["requests", "limits"] {
            var sums: [String: (Int128, String)] = [:]
            for container in spec.items("containers") {
                for (name, amount) in container["resources"]?[list]?.objectValue ?? [:] {
                    let text = amount.stringValue ?? "0"
                    sums[name] = ((sums[name]?.0 ?? 0) &+ (Quantity.value(text) ?? 0), text)
                }
            }
            for container in spec.items("initContainers") {
                for (name, amount) in container["resources"]?[list]?.objectValue ?? [:] {
                    let text = amount.stringValue ?? "0"
                    let value = Quantity.value(text) ?? 0
                    if value > sums[name]?.0 ?? 0 { sums[name] = (value, text) }
                }
            }
            for (name, sum) in sums { total.editOrMake(list) { $0[name] = .string(Quantity.text(sum.0, like: sum.1)) } }
        }
        return total
    }

    // MARK: Claims

    func admit(claim: JSONValue) throws(StatusError) {
        guard !ranges.isEmpty else { return }
        let resources: JSONValue = ["requests": claim["spec"]?["resources"]?["requests"] ?? [:]]
        let problems = items("PersistentVolumeClaim").flatMap { item in
            check(resources, item, "PersistentVolumeClaim", asks: ["requests"])
        }
        try refuse(problems, .persistentVolumeClaims, claim["metadata"]?.text("name") ?? "")
    }

    private func refuse(_ problems: [String], _ kind: ResourceDefinition, _ name: String) throws(StatusError) {
        guard let first = problems.first else { return }
        throw .forbidden(kind, name, problems.count == 1 ? first : "[\(problems.joined(separator: ", "))]")
    }

    // MARK: Ranges

    private func check(
        _ resources: JSONValue, _ item: JSONValue, _ type: String, asks: [String] = ["requests", "limits"]
    ) -> [String] {
        var problems: [String] = []
        func amount(_ list: String, _ name: String) -> (text: String, value: Int128)? {
            guard asks.contains(list), let text = resources[list]?[name]?.stringValue else { return nil }
            return (text, Quantity.value(text) ?? 0)
        }
        for (name, least) in item.sortedMembers("min") {
            let wanted = Quantity.value(least.stringValue ?? "") ?? 0
            let shown = least.stringValue ?? ""
            let request = amount("requests", name)
            if request == nil {
                problems.append("minimum \(name) usage per \(type) is \(shown).  No request is specified")
            } else if let request, request.value < wanted {
                problems.append("minimum \(name) usage per \(type) is \(shown), but request is \(request.text)")
            }
            if let limit = amount("limits", name), limit.value < wanted {
                problems.append("minimum \(name) usage per \(type) is \(shown), but limit is \(limit.text)")
            }
        }
        for (name, most) in item.sortedMembers("max") {
            let wanted = Quantity.value(most.stringValue ?? "") ?? 0
            let shown = most.stringValue ?? ""
            let (request, limit) = (amount("requests", name), amount("limits", name))
            if asks.contains("limits"), limit == nil {
                problems.append("maximum \(name) usage per \(type) is \(shown).  No limit is specified")
            } else if let limit, limit.value > wanted {
                problems.append("maximum \(name) usage per \(type) is \(shown), but limit is \(limit.text)")
            }
            if let request, request.value > wanted {
                problems.append("maximum \(name) usage per \(type) is \(shown), but request is \(request.text)")
            }
        }
        for (name, ratio) in item.sortedMembers("maxLimitRequestRatio") {
            let wanted = Quantity.value(ratio.stringValue ?? "") ?? 0
            let shown = ratio.stringValue ?? ""
            guard let request = amount("requests", name), request.value > 0 else {
                problems.append(
                    "\(name) max limit to request ratio per \(type) is \(shown), but no request is specified or request is 0"
                )
                continue
            }
            guard let limit = amount("limits", name), limit.value > 0 else {
                problems.append(
                    "\(name) max limit to request ratio per \(type) is \(shown), but no limit is specified or limit is 0"
                )
                continue
            }
            let (product, overflows) = request.value.multipliedReportingOverflow(by: wanted / 1_000_000)
            if !overflows, limit.value > product / 1000 {
                problems.append(
                    "\(name) max limit to request ratio per \(type) is \(shown), but provided ratio is "
                        + ratioText(limit.value, request.value))
            }
        }
        return problems
    }

    private func ratioText(_ limit: Int128, _ request: Int128) -> String {
        let thousandths = limit / max(1, request / 1000)
        let fraction = String(thousandths % 1000 + 1000).dropFirst()
        return "\(thousandths / 1000).\(fraction)000"
    }
}
