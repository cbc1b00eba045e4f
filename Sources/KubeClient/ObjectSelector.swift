import KubeAPI

/// Which objects of a kind to list and watch.
public struct ObjectSelector: Hashable, Sendable {
    public static let all = ObjectSelector()

    /// Empty for all namespaces.
    public var namespace = ""
    /// As in the API's `labelSelector`: `a=b,!c`; empty for all.
    public var labels = ""
    /// As in the API's `fieldSelector`: `metadata.name=x`; empty for all.
    public var fields = ""

    public init(namespace: String = "", labels: String = "", fields: String = "") {
        self.namespace = namespace
        self.labels = labels
        self.fields = fields
    }

    func path<Object: APIObject>(_ type: Object.Type) -> String { KubeClient.path(type, namespace: namespace) }

    var query: [APIRequest.QueryItem] {
        var items: [APIRequest.QueryItem] = []
        if !labels.isEmpty { items.append(.init("labelSelector", labels)) }
        if !fields.isEmpty { items.append(.init("fieldSelector", fields)) }
        return items
    }
}
