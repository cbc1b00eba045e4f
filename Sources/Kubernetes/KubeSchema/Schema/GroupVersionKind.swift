/// Names a kind of objects in one version.
public struct GroupVersionKind: Hashable, Sendable {
    public let group: String
    public let version: String
    public let kind: String

    public init(_ group: String, _ version: String, _ kind: String) {
        self.group = group
        self.version = version
        self.kind = kind
    }

    public var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }
}
