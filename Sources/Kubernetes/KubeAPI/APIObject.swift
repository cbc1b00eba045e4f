public import JSONStream

/// A typed object of the Kubernetes API, holding the fields that this project uses.
public protocol APIObject: Sendable {
    /// `v1`, `discovery.k8s.io/v1` ...
    static var apiVersion: String { get }
    static var kind: String { get }
    /// The plural in paths: `services`, `endpointslices` ...
    static var resource: String { get }
    static var isNamespaced: Bool { get }

    var metadata: ObjectMeta { get }

    /// Reads the object from JSON as the API writes it. Unknown fields are skipped: newer servers have more of them.
    init(reading reader: inout JSONReader) throws
}

extension APIObject {
    /// `/api/v1/services` or `/apis/discovery.k8s.io/v1/endpointslices`: the collection in all namespaces.
    public static var collectionPath: String {
        (apiVersion.contains("/") ? "/apis/" : "/api/") + apiVersion + "/" + resource
    }
}
