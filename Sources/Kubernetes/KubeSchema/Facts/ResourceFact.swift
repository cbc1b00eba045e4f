/// A resource or subresource that Kubernetes serves.
public struct ResourceFact: Hashable, Sendable {
    public let group: String
    public let version: String
    /// `pods`
    public let plural: String
    /// `status`; empty for the resource itself.
    public let subresource: String
    /// The kind of bodies and answers.
    public let kind: String
    /// Group and version of that kind, if they differ from the resource's own.
    public let kindGroup: String
    public let kindVersion: String
    public let isNamespaced: Bool
    public let singular: String
    public let verbs: [String]
    public let shortNames: [String]
    public let categories: [String]

    public var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

    /// Whether its version is neither alpha nor beta: such versions are served by default.
    public var isStable: Bool { !version.contains("alpha") && !version.contains("beta") }

    /// Nil for too few columns.
    init?(_ columns: [String]) {
        guard columns.count == 11 else { return nil }
        func list(_ text: String) -> [String] { text.split(separator: ",").map(String.init) }
        let path = columns[2].split(separator: "/", maxSplits: 1)
        (group, version, kind) = (columns[0], columns[1], columns[3])
        plural = path.first.map(String.init) ?? ""
        subresource = path.count > 1 ? String(path[1]) : ""
        (kindGroup, kindVersion) = (columns[4], columns[5])
        isNamespaced = columns[6] == "n"
        singular = columns[7]
        (verbs, shortNames, categories) = (list(columns[8]), list(columns[9]), list(columns[10]))
    }
}
