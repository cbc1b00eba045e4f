public import JSONStream

/// A Namespace (core/v1), the fields that controllers and the scheduler use.
public struct Namespace: APIObject, Hashable {
    public static let apiVersion = "v1"
    public static let kind = "Namespace"
    public static let resource = "namespaces"
    public static let isNamespaced = false

    public var metadata: ObjectMeta

    public init(metadata: ObjectMeta = ObjectMeta()) {
        self.metadata = metadata
    }

    public init(reading reader: inout JSONReader) throws {
        self.init()
        try reader.object { key, reader in
            guard "metadata" ~= key else { return try reader.skip() }
            if try !reader.consumeNull() { metadata = try ObjectMeta(reading: &reader) }
        }
    }
}
