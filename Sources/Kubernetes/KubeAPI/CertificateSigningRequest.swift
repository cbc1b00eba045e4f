public import JSONStream

/// A CertificateSigningRequest (certificates.k8s.io/v1).
public struct CertificateSigningRequest: APIObject, Hashable {
    public static let apiVersion = "certificates.k8s.io/v1"
    public static let kind = "CertificateSigningRequest"
    public static let resource = "certificatesigningrequests"
    public static let isNamespaced = false

    public var metadata: ObjectMeta
    /// Base64 of a request in PEM.
    public var request = ""
    public var signerName = ""
    public var usages: [String] = []
    /// Seconds; nil: as long as the signer likes.
    public var expirationSeconds: Int64?
    /// Who asks, as the API server knows it.
    public var username = ""
    public var uid = ""
    public var groups: [String] = []
    public var extra: JSONValue = [:]
    /// Base64 of certificates in PEM; empty until they are there.
    public var certificate = ""
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
            case "spec": try readSpec(from: &reader)
            case "status":
                try reader.objectIfPresent { key, reader in
                    switch key {
                    case "certificate": certificate = try reader.stringIfPresent() ?? ""
                    case "conditions":
                        conditions = try reader.listIfPresent { try Condition(reading: &$0) }.compactMap { $0 }
                    default: try reader.skip()
                    }
                }
            default: try reader.skip()
            }
        }
    }

    private mutating func readSpec(from reader: inout JSONReader) throws {
        try reader.objectIfPresent { key, reader in
            switch key {
            case "request": request = try reader.stringIfPresent() ?? ""
            case "signerName": signerName = try reader.stringIfPresent() ?? ""
            case "usages": usages = try reader.stringsIfPresent()
            case "expirationSeconds": expirationSeconds = try reader.integerIfPresent()
            case "username": username = try reader.stringIfPresent() ?? ""
            case "uid": uid = try reader.stringIfPresent() ?? ""
            case "groups": groups = try reader.stringsIfPresent()
            case "extra": extra = try JSONValue(reading: &reader)
            default: try reader.skip()
            }
        }
    }

    public func has(_ condition: String) -> Bool { conditions.contains { $0.type == condition && $0.isTrue } }
    public var isApproved: Bool { has("Approved") }
    public var isDenied: Bool { has("Denied") }
    public var isFailed: Bool { has("Failed") }
}
