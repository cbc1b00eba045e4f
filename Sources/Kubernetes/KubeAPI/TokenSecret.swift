public import JSONStream

/// A Secret (core/v1) of type `kubernetes.io/service-account-token`: a token that does not expire, for clients that
/// cannot request one.
public struct TokenSecret: APIObject, Hashable {
    public static let apiVersion = "v1"
    public static let kind = "Secret"
    public static let resource = "secrets"
    public static let isNamespaced = true

    public static let type = "kubernetes.io/service-account-token"
    /// Names the ServiceAccount.
    public static let accountAnnotation = "kubernetes.io/service-account.name"
    /// Holds the ServiceAccount's uid.
    public static let uidAnnotation = "kubernetes.io/service-account.uid"

    public var metadata: ObjectMeta
    public var type = ""
    /// Base64.
    public var data: [String: String] = [:]

    public init(metadata: ObjectMeta = ObjectMeta(), type: String = TokenSecret.type, data: [String: String] = [:]) {
        self.metadata = metadata
        self.type = type
        self.data = data
    }

    public init(reading reader: inout JSONReader) throws {
        self.init(type: "")
        try reader.object { key, reader in
            switch key {
            case "metadata":
                if try !reader.consumeNull() { metadata = try ObjectMeta(reading: &reader) }
            case "type": type = try reader.stringIfPresent() ?? ""
            case "data": data = try reader.stringMapIfPresent()
            default: try reader.skip()
            }
        }
    }
}
