import APIObjects
import APIResources
import JSONStream

/// The discovery documents, made from the registry.
struct Discovery: Sendable {
    let registry: ResourceRegistry
    /// Whether metrics.k8s.io is among the groups.
    var hasMetrics = false

    var versions: JSONValue {
        [
            "kind": "APIVersions", "versions": ["v1"],
            "serverAddressByClientCIDRs": [["clientCIDR": "0.0.0.0/0", "serverAddress": ""]],
        ]
    }

    var groups: JSONValue {
        [
            "kind": "APIGroupList", "apiVersion": "v1",
            "groups": .array(
                registry.groups.filter { !$0.group.isEmpty }.map { entry($0.group, $0.versions) }
                    + (hasMetrics ? [ResourceMetrics.groupEntry] : [])),
        ]
    }

    func group(_ name: String) -> JSONValue? {
        guard let group = registry.groups.first(where: { $0.group == name && !name.isEmpty }) else { return nil }
        var json: JSONValue = ["kind": "APIGroup", "apiVersion": "v1"]
        for (key, value) in entry(group.group, group.versions).objectValue ?? [:] { json[key] = value }
        return json
    }

    private func entry(_ group: String, _ versions: [String]) -> JSONValue {
        let entries: [JSONValue] = versions.map {
            ["groupVersion": .string("\(group)/\($0)"), "version": .string($0)]
        }
        return ["name": .string(group), "versions": .array(entries), "preferredVersion": entries.first ?? [:]]
    }

    func resources(group: String, version: String) -> JSONValue? {
        let definitions = registry.resources(group: group, version: version)
        guard let first = definitions.first else { return nil }
        return [
            "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": .string(first.apiVersion),
            "resources": .array(definitions.flatMap(legacy)),
        ]
    }

    private func legacy(_ definition: ResourceDefinition) -> [JSONValue] {
        var entry: JSONValue = [
            "name": .string(definition.plural), "singularName": .string(definition.singular),
            "namespaced": .bool(definition.isNamespaced), "kind": .string(definition.kind),
            "verbs": .array(definition.verbs.map { .string($0) }),
        ]
        if !definition.shortNames.isEmpty { entry["shortNames"] = .array(definition.shortNames.map { .string($0) }) }
        if !definition.categories.isEmpty { entry["categories"] = .array(definition.categories.map { .string($0) }) }
        entry["storageVersionHash"] = .string(hash(definition))
        return [entry] + definition.subresources.map { legacy($0, of: definition) }
    }

    private func legacy(_ subresource: Subresource, of definition: ResourceDefinition) -> JSONValue {
        var entry: JSONValue = [
            "name": .string("\(definition.plural)/\(subresource.name)"), "singularName": "",
            "namespaced": .bool(definition.isNamespaced),
        ]
        if let kind = subresource.kind, kind.group != definition.group {
            entry["group"] = .string(kind.group)
            entry["version"] = .string(kind.version)
        }
        entry["kind"] = .string(subresource.kind?.kind ?? definition.kind)
        entry["verbs"] = .array(subresource.verbs.map { .string($0) })
        return entry
    }

    /// The same for one storage form, so that clients see when it changes.
    private func hash(_ definition: ResourceDefinition) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in "\(definition.storedAPIVersion)/\(definition.kind)".utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
        }
        return String(hash, radix: 36)
    }

    // MARK: Aggregated

    func aggregated(core: Bool, version apiVersion: String) -> JSONValue {
        let items = registry.groups.filter { $0.group.isEmpty == core }.map { group -> JSONValue in
            let versions = group.versions.map { version -> JSONValue in
                [
                    "version": .string(version),
                    "resources": .array(registry.resources(group: group.group, version: version).map(aggregated)),
                    "freshness": "Current",
                ]
            }
            let metadata: JSONValue = group.group.isEmpty ? [:] : ["name": .string(group.group)]
            return ["metadata": metadata, "versions": .array(versions)]
        }
        return [
            "kind": "APIGroupDiscoveryList", "apiVersion": .string("apidiscovery.k8s.io/\(apiVersion)"),
            "metadata": [:],
            "items": .array(items + (hasMetrics && !core ? [ResourceMetrics.aggregated] : [])),
        ]
    }

    private func aggregated(_ definition: ResourceDefinition) -> JSONValue {
        let responseKind: JSONValue = [
            "group": .string(definition.group), "version": .string(definition.version),
            "kind": .string(definition.kind),
        ]
        var entry: JSONValue = [
            "resource": .string(definition.plural), "responseKind": responseKind,
            "scope": definition.isNamespaced ? "Namespaced" : "Cluster",
            "singularResource": .string(definition.singular),
            "verbs": .array(definition.verbs.map { .string($0) }),
        ]
        if !definition.shortNames.isEmpty { entry["shortNames"] = .array(definition.shortNames.map { .string($0) }) }
        if !definition.categories.isEmpty { entry["categories"] = .array(definition.categories.map { .string($0) }) }
        let subresources = definition.subresources.map { subresource -> JSONValue in
            let kind = subresource.kind.map { kind -> JSONValue in
                ["group": .string(kind.group), "version": .string(kind.version), "kind": .string(kind.kind)]
            }
            return [
                "subresource": .string(subresource.name), "responseKind": kind ?? responseKind,
                "verbs": .array(subresource.verbs.map { .string($0) }),
            ]
        }
        if !subresources.isEmpty { entry["subresources"] = .array(subresources) }
        return entry
    }
}
