import Synchronization

/// The shape of an API type: which fields it has, of which types, and how patches merge them. From it come strict
/// field validation, type errors, the form that objects are stored in, merge keys, protobuf and the OpenAPI documents.
///
/// The fields of a type of Kubernetes are read when they are first asked for, and kept.
public final class StructSchema: Sendable {
    /// The Go type without its package.
    public let name: String
    /// The name by which ``KubeSchema`` knows it, such as `core.v1.Pod`; empty for a made one.
    public let fullName: String
    /// What Go calls its package, which errors name.
    public let version: String
    /// Whether members that the schema does not name are kept (x-kubernetes-preserve-unknown-fields).
    public let keepsUnknown: Bool
    private let facts: StructFacts?
    private let content = AtomicLazyReference<Content>()
    private let layout = AtomicLazyReference<ProtobufMessage>()

    private final class Content: Sendable {
        let fields: [Field]
        let positions: [String: Int]
        let inlined: [(number: Int32, schema: StructSchema)]

        init(_ fields: [Field], inlined: [(number: Int32, schema: StructSchema)] = []) {
            self.fields = fields
            self.inlined = inlined
            positions = Dictionary(
                fields.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        }
    }

    /// A type that is none of Kubernetes' own.
    public init(_ name: String, version: String = "v1", keepsUnknown: Bool = false, _ fields: [Field]) {
        self.name = name
        self.version = version
        self.keepsUnknown = keepsUnknown
        fullName = ""
        facts = nil
        _ = content.storeIfNil(Content(fields))
    }

    init(facts: StructFacts, named fullName: String) {
        let parts = fullName.split(separator: ".")
        self.facts = facts
        self.fullName = fullName
        name = parts.last.map(String.init) ?? fullName
        version = parts.count > 1 ? String(parts[parts.count - 2]) : ""
        keepsUnknown = false
    }

    private var read: Content {
        if let content = content.load() { return content }
        let read = facts?.readFields() ?? ([], [])
        return content.storeIfNil(Content(read.0, inlined: read.1))
    }

    public var fields: [Field] { read.fields }

    /// How protobuf has it.
    public var message: ProtobufMessage {
        if let message = layout.load() { return message }
        let read = read
        return layout.storeIfNil(ProtobufMessage(name, read.fields, inlined: read.inlined))
    }

    /// Nil for what is no object of its own.
    public var groupVersionKind: GroupVersionKind? { facts?.readHead().groupVersionKind }

    /// Empty if there is none.
    public var description: String { facts?.readHead().description ?? "" }

    /// Whether patches set it as a whole, wherever it stands.
    public var isAtomic: Bool { facts?.readHead().isAtomic ?? false }

    public subscript(name: String) -> Field? {
        let read = read
        return read.positions[name].map { read.fields[$0] }
    }

    /// The fields and where they are, for who looks for many of them.
    struct View {
        let fields: [Field]
        fileprivate let positions: [String: Int]

        /// The position of a field. Documents mostly have the order of the schema, so it is first looked for at and behind
        /// `expected`, which spares hashing the name.
        func position(of name: String, near expected: Int) -> Int? {
            for position in expected..<min(expected + 4, max(expected, fields.count))
            where fields[position].name == name {
                return position
            }
            return positions[name]
        }
    }

    var view: View {
        let read = read
        return View(fields: read.fields, positions: read.positions)
    }

    /// `v1.Pod`, as Go's errors have it.
    var goName: String { "\(version).\(name)" }

    /// The fields that objects have before their metadata.
    public static let typeMeta = [
        Field("kind", .string, .omitEmpty, "The kind of the object."),
        Field("apiVersion", .string, .omitEmpty, "The API version that the object is written in."),
    ]

    public static let objectMeta = KubeSchema["meta.v1.ObjectMeta"]
}
