public import JSONStream

/// A ConfigMap (core/v1), its texts.
public struct ConfigMap: APIObject, Hashable {
    public static let apiVersion = "v1"
    public static let kind = "ConfigMap"
    public static let resource = "configmaps"
    public static let isNamespaced = true

    public var metadata: ObjectMeta
    public var data: [String: String] = [:]

    public init(metadata: ObjectMeta = ObjectMeta(), data: [String: String] = [:]) {
        self.metadata = metadata
        self.data = data
    }

    public init(reading reader: inout JSONReader) throws {
        self.init()
        try reader.object { key, reader in
            switch key {
            case "metadata":
                if try !reader.consumeNull() { metadata = try ObjectMeta(reading: &reader) }
            case "data": data = try reader.stringMapIfPresent()
            default: try reader.skip()
            }
        }
    }

    public var json: JSONValue {
        [
            "apiVersion": .string(Self.apiVersion), "kind": .string(Self.kind), "metadata": metadata.json,
            "data": JSONValue(data),
        ]
    }
}
