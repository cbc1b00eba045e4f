public import JSONStream

/// A ServiceCIDR (networking.k8s.io/v1): ranges that cluster IPs come from.
public struct ServiceCIDR: APIObject, Hashable {
    public static let apiVersion = "networking.k8s.io/v1"
    public static let kind = "ServiceCIDR"
    public static let resource = "servicecidrs"
    public static let isNamespaced = false

    public var metadata: ObjectMeta
    /// `spec.cidrs`.
    public var cidrs: [String]

    public init(metadata: ObjectMeta = ObjectMeta(), cidrs: [String] = []) {
        self.metadata = metadata
        self.cidrs = cidrs
    }

    public init(reading reader: inout JSONReader) throws {
        self.init()
        try reader.object { key, reader in
            switch key {
            case "metadata":
                if try !reader.consumeNull() { metadata = try ObjectMeta(reading: &reader) }
            case "spec":
                try reader.objectIfPresent { key, reader in
                    guard "cidrs" ~= key else { return try reader.skip() }
                    cidrs = try reader.stringsIfPresent()
                }
            default: try reader.skip()
            }
        }
    }
}
