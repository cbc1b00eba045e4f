public import JSONStream

/// A Namespace (core/v1).
public struct Namespace: APIObject, Hashable {
    public static let apiVersion = "v1"
    public static let kind = "Namespace"
    public static let resource = "namespaces"
    public static let isNamespaced = false

    public var metadata: ObjectMeta
    /// `spec.finalizers`: who must agree before the namespace is removed.
    public var finalizers: [String] = []
    /// `Active` or `Terminating`.
    public var phase = ""
    public var conditions: [Condition] = []

    public init(metadata: ObjectMeta = ObjectMeta()) {
        self.metadata = metadata
    }

    public init(reading reader: inout JSONReader) throws {
        self.init()
        try reader.object { key, reader in
            switch key {
            case "metadata":
                if try !reader.consumeNull() { metadata = try ObjectMeta(reading: &reader) }
            case "spec":
                try reader.objectIfPresent { key, reader in
                    guard "finalizers" ~= key else { return try reader.skip() }
                    finalizers = try reader.stringsIfPresent()
                }
            case "status":
                try reader.objectIfPresent { key, reader in
                    switch key {
                    case "phase": phase = try reader.stringIfPresent() ?? ""
                    case "conditions": conditions = try reader.listIfPresent { try Condition(reading: &$0) }
                    default: try reader.skip()
                    }
                }
            default: try reader.skip()
            }
        }
    }

    /// Whether objects can be created in it.
    public var isActive: Bool { !metadata.isBeingDeleted && phase != "Terminating" }
}
