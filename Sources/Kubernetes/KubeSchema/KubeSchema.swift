public import JSONStream

/// Facts about a version of Kubernetes: types, resources, default roles. All come from one text, which
/// `schema/make-facts` makes. A type is read when its fields are first needed.
public enum KubeSchema {
    private static let reader = FactsReader(text: kubernetesFacts)

    private static let types: [String: StructSchema] = {
        let found = reader.types()
        var types: [String: StructSchema] = [:]
        types.reserveCapacity(found.count)
        for type in found {
            types[type.name] = StructSchema(
                facts: StructFacts(reader: reader, head: type.head, fields: type.fields), named: type.name)
        }
        return types
    }()

    private static let kinds: [String: StructSchema] = {
        var kinds: [String: StructSchema] = [:]
        for type in types.values {
            if let kind = type.groupVersionKind { kinds["\(kind.group)/\(kind.version)/\(kind.kind)"] = type }
        }
        return kinds
    }()

    private static let unknown = StructSchema("", [])

    /// The names of all types, sorted.
    public static var typeNames: [String] { types.keys.sorted() }

    /// A type by its name, such as `core.v1.Pod`. An unknown type has no fields; `KubeSchemaTests` checks for that.
    public static subscript(name: String) -> StructSchema { types[name] ?? unknown }

    public static func find(_ name: String) -> StructSchema? { types[name] }

    /// The type of the objects of a kind.
    public static func kind(group: String, version: String, kind: String) -> StructSchema? {
        kinds["\(group)/\(version)/\(kind)"]
    }

    /// The type of a kind's objects; a type without fields if the kind is unknown.
    public static func type(of kind: GroupVersionKind) -> StructSchema {
        self.kind(group: kind.group, version: kind.version, kind: kind.kind) ?? unknown
    }

    /// A resource and its subresources.
    public static func resources(group: String, version: String, plural: String) -> [ResourceFact] {
        resourcesByPath["\(group)/\(version)/\(plural)"] ?? []
    }

    private static let resourcesByPath = Dictionary(grouping: resources) { "\($0.group)/\($0.version)/\($0.plural)" }

    /// All resources and subresources.
    public static let resources: [ResourceFact] = reader.lines(reader.section("resources")).compactMap { line in
        ResourceFact(reader.columns(line).map { reader.string($0) })
    }

    /// The default ClusterRoles, Roles and bindings: kind, name, namespace, labels and content.
    public static var defaultRoles: [JSONValue] {
        reader.lines(reader.section("roles")).compactMap { try? JSONValue(parsing: reader.bytes($0)) }
    }
}
