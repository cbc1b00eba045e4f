package import APIObjects
package import JSONStream
import KubeAPI
package import KubeSchema

/// The rules of requests and limits.
package struct ResourceValidation {
    private static let standard: Set<String> = [
        "cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.ephemeral-storage",
        "limits.cpu", "limits.memory", "limits.ephemeral-storage", "pods", "resourcequotas", "services",
        "replicationcontrollers", "secrets", "persistentvolumeclaims", "configmaps", "storage", "requests.storage",
        "services.nodeports", "services.loadbalancers",
    ]
    private static let whole: Set<String> = [
        "pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "configmaps",
        "persistentvolumeclaims", "services.nodeports", "services.loadbalancers",
    ]
    private static let hugePages = "hugepages-"

    let isPodLevel: Bool
    /// Names of the pod's resource claims.
    let claims: Set<String>

    static func isHugePages(_ name: String) -> Bool { name.hasPrefix(hugePages) }
    static func isNative(_ name: String) -> Bool { !name.contains("/") || name.contains("kubernetes.io/") }
    static func isExtended(_ name: String) -> Bool {
        !isNative(name) && !name.hasPrefix("requests.") && Names.qualifiedName("requests.\(name)").isEmpty
    }
    static func allowsOvercommit(_ name: String) -> Bool { isNative(name) && !isHugePages(name) }

    func validate(_ requirements: JSONValue, _ path: FieldPath) -> [FieldError] {
        let limits = requirements.sortedMembers("limits")
        let requests = requirements.sortedMembers("requests")
        var errors: [FieldError] = []
        for (name, amount) in limits {
            errors += self.amount(name, amount, path.child("limits").key(name))
        }
        for (name, amount) in requests {
            errors += self.amount(name, amount, path.child("requests").key(name))
            errors += request(name, amount, limit: requirements["limits"]?[name], path)
        }
        let names = Set(limits.map(\.key)).union(requests.map(\.key))
        if names.contains(where: Self.isHugePages), names.isDisjoint(with: ["cpu", "memory"]) {
            errors.append(.forbidden(path, "HugePages require cpu or memory"))
        }
        return errors + claimNames(requirements.items("claims"), path.child("claims"))
    }

    private func amount(_ name: String, _ amount: JSONValue, _ path: FieldPath) -> [FieldError] {
        var errors = isPodLevel ? podName(name, path) : containerName(name, path)
        errors += Self.quantity(name, amount, path)
        if Self.isHugePages(name), !Self.isDivisible(name, amount.stringValue ?? "") {
            let text = amount.stringValue ?? ""
            errors.append(.invalid(path, amount, "\(text) is not positive integer multiple of \(name)"))
        }
        return errors
    }

    /// Not below zero, and without a fraction for what is counted.
    package static func quantity(_ name: String, _ amount: JSONValue, _ path: FieldPath) -> [FieldError] {
        let value = Quantity.value(amount.stringValue ?? "") ?? 0
        var errors: [FieldError] = []
        if value < 0 { errors.append(.invalid(path, amount, FieldError.notNegative)) }
        if whole.contains(name) || isExtended(name), value % 1_000_000_000 != 0 {
            errors.append(.invalid(path, amount, "must be an integer"))
        }
        return errors
    }

    private static func isDivisible(_ name: String, _ amount: String) -> Bool {
        guard let size = Quantity.value(String(name.dropFirst(hugePages.count))), size > 0, size % 1_000_000_000 == 0,
            let value = Quantity.value(amount)
        else { return false }
        return value % size == 0
    }

    private func podName(_ name: String, _ path: FieldPath) -> [FieldError] {
        PodLevelResources.isSupported(name)
            ? [] : [.notSupported(path, .string(name), ["cpu", "hugepages-", "memory"])]
    }

    private func containerName(_ name: String, _ path: FieldPath) -> [FieldError] {
        var errors = FieldError.named(name, path, by: Names.qualifiedName)
        let isPlain = !name.contains("/")
        if errors.isEmpty, isPlain, !Self.standard.contains(name), !Self.isHugePages(name) {
            errors.append(
                .invalid(path, .string(name), "must be a standard resource type or fully qualified"))
        }
        if isPlain {
            if !["cpu", "memory", "ephemeral-storage"].contains(name), !Self.isHugePages(name) {
                errors.append(.invalid(path, .string(name), "must be a standard resource for containers"))
            }
        } else if !Self.isNative(name), !Self.isExtended(name) {
            errors.append(.invalid(path, .string(name), "doesn't follow extended resource name standard"))
        }
        return errors
    }

    private func request(
        _ name: String, _ amount: JSONValue, limit: JSONValue?, _ path: FieldPath
    ) -> [FieldError] {
        guard let limit else {
            return Self.allowsOvercommit(name)
                ? [] : [.required(path.child("limits"), "Limit must be set for non overcommitable resources")]
        }
        let (wanted, most) = (
            Quantity.value(amount.stringValue ?? "") ?? 0, Quantity.value(limit.stringValue ?? "") ?? 0
        )
        let text = limit.stringValue ?? ""
        if wanted != most, !Self.allowsOvercommit(name) {
            return [.invalid(path.child("requests"), amount, "must be equal to \(name) limit of \(text)")]
        }
        return wanted > most
            ? [.invalid(path.child("requests"), amount, "must be less than or equal to \(name) limit of \(text)")] : []
    }

    private func claimNames(_ entries: [JSONValue], _ path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        var seen: Set<String> = []
        var withRequest: Set<String> = []
        let known = claims.isEmpty ? " which is empty" : ": " + claims.sorted().joined(separator: ", ")
        for (index, entry) in entries.enumerated() {
            let item = path.index(index)
            let name = entry.text("name")
            let request = entry.text("request")
            guard !name.isEmpty else {
                errors.append(.required(item))
                continue
            }
            if seen.contains(name) {
                errors.append(.duplicate(item, .string(name)))
            } else {
                if !request.isEmpty { errors += FieldError.named(request, item.child("request"), by: Names.dnsLabel) }
                let key = request.isEmpty ? name : "\(name)/\(request)"
                let isTaken = seen.contains(key) || (request.isEmpty && withRequest.contains(name))
                if isTaken { errors.append(.duplicate(item, .string(key))) }
                seen.insert(key)
                if !request.isEmpty { withRequest.insert(name) }
            }
            if !claims.contains(name) {
                errors.append(
                    .notFound(item, .string(name), "must be one of the names in pod.spec.resourceClaims\(known)"))
            }
        }
        return errors
    }
}
