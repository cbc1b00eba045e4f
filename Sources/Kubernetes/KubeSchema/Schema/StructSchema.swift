import Synchronization

/// The shape of an API type: which fields it has, of which types, and how patches merge them. Strict field validation,
/// type errors, the stored form of objects, merge keys, protobuf and the OpenAPI documents all follow from it.
///
/// The fields of a Kubernetes type are read when they are first needed, and kept.
public final class StructSchema: Sendable {
    /// The Go type without its package.
    public let name: String
    /// Its name in ``KubeSchema``, such as `core.v1.Pod`; empty for types that are not Kubernetes' own.
    public let fullName: String
    /// The name of its Go package, for errors.
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

    /// Creates a type that is not one of Kubernetes' own.
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

    /// Its protobuf form.
    public var message: ProtobufMessage {
        if let message = layout.load() { return message }
        let read = read
        return layout.storeIfNil(ProtobufMessage(name, read.fields, inlined: read.inlined))
    }

    /// Nil for types that are not objects of their own.
    public var groupVersionKind: GroupVersionKind? { facts?.readHead().groupVersionKind }

    /// Empty if there is none.
    public var description: String { facts?.readHead().description ?? "" }

    /// Whether patches replace it as a whole, wherever it is used.
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

    /// The fields of objects before their metadata.
    public static let typeMeta = [
        Field("kind", .string, .omitEmpty, "The kind of the object."),
        Field("apiVersion", .string, .omitEmpty, "The API version that the object is written in."),
    ]

    public static let objectMeta = KubeSchema["meta.v1.ObjectMeta"]
}
