/// The shape of an API type: which fields it has, of which types, and how patches merge them. From it come strict
/// field validation, type errors, the form that objects are stored in, merge keys and the OpenAPI documents.
final class StructSchema: Sendable {
    /// The Go type, as upstream names it in errors.
    let name: String
    let fields: [Field]
    let description: String
    /// Where OpenAPI names it; nil for the package of the kind that it belongs to.
    let package: Package?
    private let positions: [String: Int]

    /// The packages whose types others use.
    enum Package: String, Sendable {
        case core = "io.k8s.api.core.v1"
        case meta = "io.k8s.apimachinery.pkg.apis.meta.v1"
    }

    init(_ name: String, _ description: String = "", in package: Package? = nil, _ fields: [Field]) {
        self.name = name
        self.description = description
        self.package = package
        self.fields = fields
        positions = Dictionary(uniqueKeysWithValues: fields.enumerated().map { ($1.name, $0) })
    }

    convenience init(core name: String, _ description: String, _ fields: [Field]) {
        self.init(name, description, in: .core, fields)
    }

    convenience init(meta name: String, _ description: String, _ fields: [Field]) {
        self.init(name, description, in: .meta, fields)
    }

    subscript(name: String) -> Field? { positions[name].map { fields[$0] } }

    /// The position of a field in `fields`. Documents mostly have the order of the schema, so it is first looked for at
    /// and behind `expected`, which spares hashing the name.
    func position(of name: String, near expected: Int) -> Int? {
        for position in expected..<min(expected + 4, fields.count) where fields[position].name == name {
            return position
        }
        return positions[name]
    }

    /// Whether an object may come without these fields.
    func mayLack(_ positions: Range<Int>) -> Bool {
        fields[positions].allSatisfy { $0.presence == .omitEmpty || $0.presence == .pointer }
    }

    /// The fields as part of another struct, which JSON has flat and protobuf as a message of its own.
    func inlined(as number: Int32) -> [Field] {
        fields.map { Field($0, inlinedAs: number) }
    }
}

indirect enum SchemaType: Sendable {
    case string
    case bool
    case int32
    case int64
    /// Text of base64.
    case bytes
    case quantity
    case intOrString
    /// RFC 3339, to the second.
    case time
    /// RFC 3339, to the microsecond.
    case microTime
    /// Kept as it is.
    case any
    case object(StructSchema)
    case map(SchemaType)
    case array(SchemaType)
}

/// How the items of a list belong together (x-kubernetes-list-type).
enum ListKind: Hashable, Sendable {
    case atomic
    case set
    case map([String])
}

/// One field of a struct. An object, because a copy of so many values costs more than the look at one of them.
final class Field: Sendable {
    /// What a missing or empty value becomes, as the tags of upstream's Go field have it.
    enum Presence: Sendable {
        /// A zero value is left out.
        case omitEmpty
        /// Left out only when absent; a zero value is kept.
        case pointer
        /// Always there, as its zero value if need be.
        case always
        /// Always there, as null if need be.
        case nullable
    }

    let name: String
    /// In protobuf; nil where the message is written by hand or there is none.
    let number: Int32?
    /// The number of the message that protobuf has the field in, for fields of an inlined struct.
    let outerNumber: Int32?
    let type: SchemaType
    let presence: Presence
    let isRequired: Bool
    /// x-kubernetes-patch-merge-key; with an array type its presence means the merge strategy.
    let patchMergeKey: String?
    /// Lists of plain values that merge as sets (x-kubernetes-patch-strategy: merge without a key).
    let patchMerges: Bool
    let listKind: ListKind
    /// x-kubernetes-map-type or a struct that is applied as a whole.
    let isAtomic: Bool
    /// The value that an absent key field counts as in server-side apply.
    let defaultText: String?
    let description: String

    init(
        _ name: String, _ type: SchemaType, _ presence: Presence, required: Bool = false,
        mergeKey: String? = nil, merges: Bool = false, list: ListKind = .atomic, atomic: Bool = false,
        default: String? = nil, _ description: String = "", number: Int32? = nil
    ) {
        self.name = name
        self.number = number
        outerNumber = nil
        self.type = type
        self.presence = presence
        self.isRequired = required
        self.patchMergeKey = mergeKey
        self.patchMerges = merges || mergeKey != nil
        self.listKind = list
        self.isAtomic = atomic
        self.defaultText = `default`
        self.description = description
    }

    /// A field of a struct that another one has inlined.
    init(_ field: Field, inlinedAs number: Int32) {
        name = field.name
        self.number = field.number
        outerNumber = number
        type = field.type
        presence = field.presence
        isRequired = field.isRequired
        patchMergeKey = field.patchMergeKey
        patchMerges = field.patchMerges
        listKind = field.listKind
        isAtomic = field.isAtomic
        defaultText = field.defaultText
        description = field.description
    }

    /// A field that is left out when it is empty.
    convenience init(
        _ name: String, _ type: SchemaType, required: Bool = false, mergeKey: String? = nil, merges: Bool = false,
        list: ListKind = .atomic, atomic: Bool = false, default: String? = nil, _ description: String = ""
    ) {
        self.init(
            name, type, .omitEmpty, required: required, mergeKey: mergeKey, merges: merges, list: list, atomic: atomic,
            default: `default`, description)
    }

    /// A field with its protobuf number.
    convenience init(
        _ number: Int32, _ name: String, _ type: SchemaType, _ presence: Presence, required: Bool = false,
        mergeKey: String? = nil, merges: Bool = false, list: ListKind = .atomic, atomic: Bool = false,
        default: String? = nil, _ description: String
    ) {
        self.init(
            name, type, presence, required: required, mergeKey: mergeKey, merges: merges, list: list, atomic: atomic,
            default: `default`, description, number: number)
    }

    convenience init(
        _ number: Int32, _ name: String, _ type: SchemaType, required: Bool = false, mergeKey: String? = nil,
        merges: Bool = false, list: ListKind = .atomic, atomic: Bool = false, default: String? = nil,
        _ description: String
    ) {
        self.init(
            number, name, type, .omitEmpty, required: required, mergeKey: mergeKey, merges: merges, list: list,
            atomic: atomic, default: `default`, description)
    }
}
