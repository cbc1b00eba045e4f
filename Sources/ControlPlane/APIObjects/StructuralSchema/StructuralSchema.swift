package import JSONStream
package import KubeSchema

/// A structural schema of apiextensions/v1: what the objects of a custom kind look like. Made once for each version, read
/// by many.
package final class StructuralSchema: Sendable {
    /// What a schema may be made of, so that no walk along it goes too deep.
    package static let deepest = 64

    let type: String
    let format: String
    let isNullable: Bool
    let isIntOrString: Bool
    let isEmbeddedResource: Bool
    let keepsUnknown: Bool
    let properties: [(name: String, schema: StructuralSchema)]
    /// Of the values of a map; nil for an object with properties.
    let additional: StructuralSchema?
    /// Whether a map may hold anything (`additionalProperties: true`).
    let allowsAdditional: Bool
    let items: StructuralSchema?
    let defaultValue: JSONValue?
    let listKind: ListKind
    let isAtomic: Bool
    let rules: ValueRules
    let text: String
    private let places: [String: Int]

    package init(_ json: JSONValue, depth: Int = 0) {
        func schema(_ json: JSONValue?) -> StructuralSchema? {
            guard depth < Self.deepest, let json, case .object = json else { return nil }
            return StructuralSchema(json, depth: depth + 1)
        }
        type = json.text("type")
        format = json.text("format")
        isNullable = json.flag("nullable")
        isIntOrString = json.flag("x-kubernetes-int-or-string")
        isEmbeddedResource = json.flag("x-kubernetes-embedded-resource")
        keepsUnknown = json.flag("x-kubernetes-preserve-unknown-fields")
        properties = json.sortedMembers("properties").compactMap { name, value in schema(value).map { (name, $0) } }
        places = Dictionary(
            properties.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        additional = schema(json["additionalProperties"])
        allowsAdditional = json["additionalProperties"]?.boolValue ?? false
        items = schema(json["items"])
        defaultValue = json["default"]
        switch json.text("x-kubernetes-list-type") {
        case "map": listKind = .map(json.strings("x-kubernetes-list-map-keys"))
        case "set": listKind = .set
        default: listKind = .atomic
        }
        isAtomic = json.text("x-kubernetes-map-type") == "atomic"
        rules = ValueRules(json, depth: depth)
        text = json.text("description")
    }

    subscript(name: String) -> StructuralSchema? { places[name].map { properties[$0].schema } }

    /// Whether a default stands anywhere in it.
    package var hasDefaults: Bool {
        defaultValue != nil || additional?.hasDefaults == true || items?.hasDefaults == true
            || properties.contains { $0.schema.hasDefaults }
    }

    // MARK: As the generic parts know types

    /// The type of whole objects.
    package func root(kind: String, version: String) -> StructSchema {
        let own = fields.filter { !["kind", "apiVersion", "metadata"].contains($0.name) }
        return StructSchema(kind, version: version, keepsUnknown: keepsUnknown, Self.objectFields + own)
    }

    private static let objectFields =
        StructSchema.typeMeta + [Field("metadata", .object(.objectMeta), .always, "Standard metadata.")]

    private var fields: [Field] {
        properties.map { name, schema in
            Field(
                name, schema.fieldType, .pointer, required: rules.required.contains(name), list: schema.listKind,
                atomic: schema.isAtomic, default: schema.defaultValue, schema.text)
        }
    }

    /// Plain values are of any type here: what is wrong with them validation says.
    private var fieldType: SchemaType {
        switch type {
        case "object":
            if let additional { return .map(additional.fieldType) }
            if allowsAdditional { return .map(.any) }
            if keepsUnknown, properties.isEmpty, !isEmbeddedResource { return .any }
            let names = Set(properties.map(\.name))
            let embedded = isEmbeddedResource ? Self.objectFields.filter { !names.contains($0.name) } : []
            return .object(StructSchema("Object", keepsUnknown: keepsUnknown, embedded + fields))
        case "array": return .array(items?.fieldType ?? .any)
        default: return .any
        }
    }

    // MARK: Defaults

    /// Fills in what is missing, and what is null but must not be.
    package func applyDefaults(_ value: inout JSONValue) {
        switch value {
        case .object(var members):
            value = .null
            for (name, schema) in properties {
                if let fallback = schema.defaultValue {
                    let present = members[name]
                    if present == nil || present?.isNull == true && !schema.isNullable { members[name] = fallback }
                }
                if let index = members.index(forKey: name) { members.change(at: index) { schema.applyDefaults(&$0) } }
            }
            if let additional {
                for name in members.keys {
                    if let index = members.index(forKey: name) {
                        members.change(at: index) { additional.applyDefaults(&$0) }
                    }
                }
            }
            value = .object(members)
        case .array(var elements):
            guard let items else { return }
            value = .null
            for index in elements.indices { items.applyDefaults(&elements[index]) }
            value = .array(elements)
        default: return
        }
    }
}
