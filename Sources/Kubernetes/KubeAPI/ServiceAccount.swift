public import JSONStream

/// A ServiceAccount (core/v1), with its metadata only.
public struct ServiceAccount: APIObject, Hashable {
    public static let apiVersion = "v1"
    public static let kind = "ServiceAccount"
    public static let resource = "serviceaccounts"
    public static let isNamespaced = true

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
