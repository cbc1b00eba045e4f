/// The protobuf form of an API type: which field number is which JSON field.
public final class ProtobufMessage: Sendable {
    let name: String
    /// By number, ascending.
    let fields: [ProtobufField]
    private let positions: [Int32: Int]

    init(_ name: String, _ fields: [ProtobufField]) {
        self.name = name
        self.fields = fields.sorted { $0.number < $1.number }
        positions = Dictionary(
            self.fields.enumerated().map { ($1.number, $0) }, uniquingKeysWith: { first, _ in first })
    }

    convenience init(_ name: String, _ fields: [Field], inlined: [(number: Int32, schema: StructSchema)]) {
        var own: [ProtobufField] = []
        for field in fields where field.outerNumber == nil {
            if let number = field.number { own.append(ProtobufField(number, field.name, field.type)) }
        }
        self.init(name, own + inlined.map { ProtobufField($0.number, "", .object($0.schema), isInlined: true) })
    }

    subscript(number: Int32) -> ProtobufField? { positions[number].map { fields[$0] } }
}

struct ProtobufField: Sendable {
    let number: Int32
    /// As in JSON.
    let name: String
    let type: SchemaType
    /// A message whose fields JSON has in the object around it.
    let isInlined: Bool

    init(_ number: Int32, _ name: String, _ type: SchemaType, isInlined: Bool = false) {
        self.number = number
        self.name = name
        self.type = type
        self.isInlined = isInlined
    }
}

/// Messages that are not API types; Go encodes these by hand-written code.
extension ProtobufMessage {
    /// runtime.TypeMeta, whose numbers are not those of meta/v1 TypeMeta.
    static let unknownTypeMeta = ProtobufMessage(
        "TypeMeta", [ProtobufField(1, "apiVersion", .string), ProtobufField(2, "kind", .string)])

    static let intOrString = ProtobufMessage(
        "IntOrString",
        [
            ProtobufField(1, "type", .int64), ProtobufField(2, "intVal", .int32), ProtobufField(3, "strVal", .string),
        ])

    static let timestamp = ProtobufMessage(
        "Timestamp", [ProtobufField(1, "seconds", .int64), ProtobufField(2, "nanos", .int32)])

    /// Around the values of an entry of a map of lists.
    static let stringList = ProtobufMessage("ExtraValue", [ProtobufField(1, "items", .array(.string))])

    /// An object or what stands in its place, in two fields.
    static func either(_ alternative: SchemaType.Alternative, _ schema: StructSchema) -> ProtobufMessage {
        switch alternative {
        case .bool:
            ProtobufMessage("", [ProtobufField(1, "other", .bool), ProtobufField(2, "schema", .object(schema))])
        case .list:
            ProtobufMessage(
                "", [ProtobufField(1, "schema", .object(schema)), ProtobufField(2, "other", .array(.object(schema)))])
        case .strings:
            ProtobufMessage(
                "", [ProtobufField(1, "schema", .object(schema)), ProtobufField(2, "other", .array(.string))])
        }
    }
}

extension StructSchema {
    /// The message around a list of objects of this type.
    var listMessage: ProtobufMessage {
        ProtobufMessage(
            "\(name)List",
            [
                ProtobufField(1, "metadata", .object(KubeSchema["meta.v1.ListMeta"])),
                ProtobufField(2, "items", .array(.object(self))),
            ])
    }
}

extension KubeSchema {
    /// The message of a kind; nil for kinds that have no protobuf form.
    public static func message(apiVersion: String, kind: String) -> ProtobufMessage? {
        let parts = apiVersion.split(separator: "/").map(String.init)
        let (group, version) = parts.count > 1 ? (parts[0], parts[1]) : ("", apiVersion)
        if let type = self.kind(group: group, version: version, kind: kind) { return type.message }
        switch (group, kind) {
        // Discovery's first document has no version.
        case ("", "APIVersions"): return self["meta.v1.APIVersions"].message
        case ("meta.k8s.io", "PartialObjectMetadata"), ("meta.k8s.io", "PartialObjectMetadataList"):
            return find("meta.v1.\(kind)")?.message
        // Lists of kinds whose lists are no types of their own.
        case _ where kind.hasSuffix("List"):
            return self.kind(group: group, version: version, kind: String(kind.dropLast(4)))?.listMessage
        default: return nil
        }
    }
}
