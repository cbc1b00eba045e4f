/// A kind as an API server serves it.
public struct APIResource: Hashable, Sendable {
    /// `v1`, `apps/v1` ...
    public var apiVersion: String
    public var kind: String
    /// `deployments`
    public var plural: String
    public var isNamespaced: Bool
    public var verbs: Set<String>
    /// `scale`, `status` ...
    public var subresources: Set<String>
    /// Whether this is the server's preferred version of the group.
    public var isPreferred: Bool

    public init(
        apiVersion: String, kind: String, plural: String, isNamespaced: Bool, verbs: Set<String> = [],
        subresources: Set<String> = [], isPreferred: Bool = true
    ) {
        self.apiVersion = apiVersion
        self.kind = kind
        self.plural = plural
        self.isNamespaced = isNamespaced
        self.verbs = verbs
        self.subresources = subresources
        self.isPreferred = isPreferred
    }

    /// The group; empty for the core one.
    public var group: String { Self.group(of: apiVersion) }

    public static func group(of apiVersion: String) -> String {
        apiVersion.firstIndex(of: "/").map { String(apiVersion[..<$0]) } ?? ""
    }

    private var versionPath: String { (apiVersion.contains("/") ? "/apis/" : "/api/") + apiVersion }

    /// The objects of all namespaces.
    public var collectionPath: String { "\(versionPath)/\(plural)" }

    /// The path of one object; the namespace is ignored for kinds without one.
    public func path(namespace: String, name: String) -> String {
        isNamespaced ? "\(versionPath)/namespaces/\(namespace)/\(plural)/\(name)" : "\(versionPath)/\(plural)/\(name)"
    }
}
