public import JSONStream

/// The metadata of an object of any kind (meta.k8s.io/v1 PartialObjectMetadata). The type has no path of its own.
public struct ObjectMetadata: APIObject, Hashable {
    public static let apiVersion = "meta.k8s.io/v1"
    public static let kind = "PartialObjectMetadata"
    public static let resource = "partialobjectmetadata"
    public static let isNamespaced = true

    public var metadata: ObjectMeta

    public init(metadata: ObjectMeta = ObjectMeta()) {
        self.metadata = metadata
    }

    public init(reading reader: inout JSONReader) throws {
        self.init()
        try reader.object { key, reader in
            switch key {
            case "metadata":
                if try !reader.consumeNull() { metadata = try ObjectMeta(reading: &reader) }
            default: try reader.skip()
            }
        }
    }
}
