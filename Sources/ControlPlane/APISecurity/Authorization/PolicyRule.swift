import APIObjects
package import JSONStream
import OrderedCollections

/// One rule of a role (rbac.authorization.k8s.io/v1 PolicyRule).
package struct PolicyRule: Hashable, Sendable {
    var verbs: [String]
    var apiGroups: [String] = []
    var resources: [String] = []
    /// Empty: all names.
    var resourceNames: [String] = []
    package var nonResourceURLs: [String] = []

    func allows(_ request: RequestAttributes) -> Bool {
        guard Self.has(verbs, request.verb) else { return false }
        guard request.isResource else { return nonResourceURLs.contains { Self.matches($0, path: request.path) } }
        return Self.has(apiGroups, request.group) && allows(resource: request)
            && (resourceNames.isEmpty || resourceNames.contains(request.name))
    }

    private func allows(resource request: RequestAttributes) -> Bool {
        guard !request.subresource.isEmpty else { return Self.has(resources, request.resource) }
        return resources.contains { rule in
            if rule == "*" { return true }
            guard let slash = rule.utf8.firstIndex(of: UInt8(ascii: "/")) else { return false }
            let (resource, subresource) = (rule[..<slash], rule[rule.index(after: slash)...])
            return subresource == request.subresource && (resource == "*" || resource == request.resource)
        }
    }

    private static func has(_ list: [String], _ wanted: String) -> Bool {
        list.contains { $0 == wanted || $0 == "*" }
    }

    static func matches(_ pattern: String, path: String) -> Bool {
        if pattern == "*" || pattern == path { return true }
        guard pattern.hasSuffix("*") else { return false }
        var prefix = pattern[...]
        while prefix.last == "*" { prefix.removeLast() }
        return path.hasPrefix(prefix)
    }

    // MARK: Escalation

    /// The parts of `wanted` that none of `owned` covers. Each rule is taken apart into single verbs, groups, resources
    /// and names, as upstream does.
    static func uncovered(_ wanted: [PolicyRule], by owned: [PolicyRule]) -> [PolicyRule] {
        wanted.flatMap(\.simple).filter { part in !owned.contains { $0.covers(part) } }
    }

    /// Single rules put together where they differ in their verbs only.
    static func compacted(_ rules: [PolicyRule]) -> [PolicyRule] {
        var verbs: OrderedDictionary<PolicyRule, OrderedSet<String>> = [:]
        for rule in rules {
            var rest = rule
            rest.verbs = []
            verbs[rest, default: []].append(contentsOf: rule.verbs)
        }
        return verbs.map { rule, verbs in
            var rule = rule
            rule.verbs = Array(verbs)
            return rule
        }
    }

    /// How many rules of one verb and one resource or URL each it is taken apart into; cut off at the largest number.
    var parts: Int {
        func times(_ left: Int, _ right: Int) -> Int {
            let (product, isOver) = left.multipliedReportingOverflow(by: right)
            return isOver ? .max : product
        }
        let ofResources = times(times(apiGroups.count, resources.count), max(1, resourceNames.count))
        let (sum, isOver) = ofResources.addingReportingOverflow(nonResourceURLs.count)
        return times(verbs.count, isOver ? .max : sum)
    }

    /// Rules of one verb and one resource or URL each.
    private var simple: [PolicyRule] {
        var rules: [PolicyRule] = []
        for verb in verbs {
            for group in apiGroups {
                for resource in resources {
                    let names = resourceNames.isEmpty ? [[]] : resourceNames.map { [$0] }
                    rules += names.map {
                        PolicyRule(verbs: [verb], apiGroups: [group], resources: [resource], resourceNames: $0)
                    }
                }
            }
            rules += nonResourceURLs.map { PolicyRule(verbs: [verb], nonResourceURLs: [$0]) }
        }
        return rules
    }

    private func covers(_ part: PolicyRule) -> Bool {
        func coversAll(_ own: [String], _ wanted: [String]) -> Bool {
            own.contains("*") || wanted.allSatisfy(own.contains)
        }
        let namesAgree =
            resourceNames.isEmpty
            || (!part.resourceNames.isEmpty && part.resourceNames.allSatisfy(resourceNames.contains))
        return coversAll(verbs, part.verbs) && coversAll(apiGroups, part.apiGroups)
            && part.resources.allSatisfy(covers(resource:)) && namesAgree
            && part.nonResourceURLs.allSatisfy { url in nonResourceURLs.contains { Self.matches($0, path: url) } }
    }

    private func covers(resource: String) -> Bool {
        if resources.contains("*") || resources.contains(resource) { return true }
        guard let slash = resource.firstIndex(of: "/") else { return false }
        return resources.contains("*" + resource[slash...])
    }
}

extension PolicyRule {
    package init(_ json: JSONValue) {
        self.init(
            verbs: json.strings("verbs"), apiGroups: json.strings("apiGroups"), resources: json.strings("resources"),
            resourceNames: json.strings("resourceNames"), nonResourceURLs: json.strings("nonResourceURLs"))
    }

    /// In the form that the schema gives to stored rules.
    package var json: JSONValue {
        var json: JSONValue = ["verbs": Self.list(verbs)]
        if !apiGroups.isEmpty { json["apiGroups"] = Self.list(apiGroups) }
        if !resources.isEmpty { json["resources"] = Self.list(resources) }
        if !resourceNames.isEmpty { json["resourceNames"] = Self.list(resourceNames) }
        if !nonResourceURLs.isEmpty { json["nonResourceURLs"] = Self.list(nonResourceURLs) }
        return json
    }

    private static func list(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }

    /// As upstream shows rules in messages.
    var text: String {
        var parts: [String] = []
        for (name, values) in [
            ("APIGroups", apiGroups), ("Resources", resources), ("NonResourceURLs", nonResourceURLs),
            ("ResourceNames", resourceNames), ("Verbs", verbs),
        ] where !values.isEmpty {
            parts.append("\(name):[" + values.map { "\"\($0)\"" }.joined(separator: " ") + "]")
        }
        return "{" + parts.joined(separator: ", ") + "}"
    }
}
