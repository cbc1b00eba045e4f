package import APIObjects
package import JSONStream
import KubeAPI
import KubeSchema

/// What a CustomResourceDefinition asks for, as the generic parts know kinds.
package struct CustomKind: Sendable {
    package let name: String
    /// Those that are served, the best version first.
    let definitions: [ResourceDefinition]
    /// The version that objects are stored in; it need not be served.
    package let storage: ResourceDefinition

    /// - Parameter object: as it is stored. Nil if it has no version to store objects in.
    package init?(_ object: JSONValue) {
        let spec = object["spec"] ?? [:]
        let versions = spec.items("versions")
        guard let stored = versions.first(where: { $0.flag("storage") }) else { return nil }
        name = object["metadata"]?.text("name") ?? ""
        let ranked = versions.sorted { Self.precedes($0.text("name"), $1.text("name")) }
        var all: [String: ResourceDefinition] = [:]
        for version in ranked {
            all[version.text("name")] = Self.definition(version, spec, stored: stored.text("name"))
        }
        guard let storage = all[stored.text("name")] else { return nil }
        self.storage = storage
        definitions = ranked.filter { $0.flag("served") }.compactMap { all[$0.text("name")] }
    }

    private static func definition(_ version: JSONValue, _ spec: JSONValue, stored: String) -> ResourceDefinition {
        let (group, names) = (spec.text("group"), spec["names"] ?? [:])
        let kind = GroupVersionKind(group, version.text("name"), names.text("kind"))
        let schema = StructuralSchema(version["schema"]?["openAPIV3Schema"] ?? [:])
        let subresources = version["subresources"] ?? [:]
        let hasStatus = subresources["status"] != nil
        var parts: [Subresource] = []
        if subresources.has("scale") { parts.append(.scale(ScalePaths(subresources["scale"] ?? [:]))) }
        if hasStatus { parts.append(.status) }
        let isNamespaced = spec.text("scope") == "Namespaced"
        let fields = version.items("selectableFields").compactMap { field -> (String, JSONPath)? in
            let path = field.text("jsonPath")
            return JSONPath(path).map { (String(path.drop { $0 == "." }), $0) }
        }
        let apiVersion = kind.apiVersion
        let isStored = kind.version == stored
        let storedVersion = "\(group)/\(stored)"
        // Bytes go out as they lie only where nothing is added to them.
        let conversion =
            isStored && !schema.hasDefaults
            ? nil
            : ResourceDefinition.Conversion(
                toStorage: { object in
                    var object = object
                    object["apiVersion"] = .string(storedVersion)
                    return object
                },
                fromStorage: { object in
                    var object = object
                    object["apiVersion"] = .string(apiVersion)
                    schema.applyDefaults(&object)
                    return object
                })
        return ResourceDefinition(
            kind, plural: names.text("plural"), singular: names.text("singular"),
            shortNames: names.strings("shortNames"), categories: names.strings("categories"),
            isNamespaced: isNamespaced,
            verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
            subresources: parts, returnsDeletedObject: false,
            schema: schema.root(kind: kind.kind, version: kind.version),
            openAPISchema: version["schema"]?["openAPIV3Schema"],
            strategy: CustomResourceStrategy(
                schema: schema, hasStatus: hasStatus, columns: CustomColumns(version.items("additionalPrinterColumns")),
                fields: Dictionary(fields, uniquingKeysWith: { first, _ in first })),
            conversion: conversion,
            storage: ("/registry/\(group)/\(names.text("plural"))/", storedVersion))
    }

    /// Whether a version is better than another: v2, v1, v1beta2, v1beta1, v1alpha1, then others by their names.
    static func precedes(_ left: String, _ right: String) -> Bool {
        switch (rank(left), rank(right)) {
        case (let one?, let other?): one.lexicographicallyPrecedes(other) == false && one != other
        case (.some, nil): true
        case (nil, .some): false
        case (nil, nil): left < right
        }
    }

    /// Stability, major, minor; nil for what is no such version.
    private static func rank(_ version: String) -> [Int]? {
        guard let match = version.wholeMatch(of: /v([1-9][0-9]{0,8})(?:(alpha|beta)([1-9][0-9]{0,8}))?/) else {
            return nil
        }
        let major = Int(match.1) ?? 0
        guard let stage = match.2, let minor = match.3 else { return [2, major, 0] }
        return [stage == "beta" ? 1 : 0, major, Int(minor) ?? 0]
    }
}
