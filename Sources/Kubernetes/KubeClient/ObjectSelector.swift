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

    /// The path of another collection than the type's own, whose objects' metadata are wanted and nothing else.
    private(set) var metadataPath: String?

    public init(namespace: String = "", labels: String = "", fields: String = "") {
        self.namespace = namespace
        self.labels = labels
        self.fields = fields
    }

    /// The metadata of all objects of a kind, for ``ObjectMetadata``.
    /// - Parameter collectionPath: `/apis/apps/v1/deployments`
    public static func metadata(of collectionPath: String) -> ObjectSelector {
        var selector = ObjectSelector()
        selector.metadataPath = collectionPath
        return selector
    }

    func path<Object: APIObject>(_ type: Object.Type) -> String {
        metadataPath ?? KubeClient.path(type, namespace: namespace)
    }

    /// What is listed, for people.
    func name<Object: APIObject>(_ type: Object.Type) -> String { metadataPath ?? Object.resource }

    /// The Accept headers of the list and of the watch.
    var listAccept: String? { metadataPath == nil ? nil : APIRequest.metadataListAccept }
    var watchAccept: String? { metadataPath == nil ? nil : APIRequest.metadataAccept }

    var query: [APIRequest.QueryItem] {
        var items: [APIRequest.QueryItem] = []
        if !labels.isEmpty { items.append(.init("labelSelector", labels)) }
        if !fields.isEmpty { items.append(.init("fieldSelector", fields)) }
        return items
    }
}
