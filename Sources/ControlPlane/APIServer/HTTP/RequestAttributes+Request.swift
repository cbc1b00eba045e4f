import APIObjects
import APISecurity
import HTTPTypes

extension RequestAttributes {
    /// Parts behind `namespaces/NAME` that belong to the Namespace itself.
    private static let namespaceSubresources: Set<String> = ["status", "finalize"]

    init(_ request: APIRequest) {
        self.init(verb: request.method.rawValue.lowercased(), path: request.rawPath)
        var parts = request.path[...]
        guard parts.count > 2, let root = parts.popFirst(), root == "api" || root == "apis" else { return }
        if root == "apis" {
            guard parts.count > 2 else { return }
            group = parts.popFirst() ?? ""
        }
        version = parts.popFirst() ?? ""
        isResource = true
        verb =
            switch request.method {
            case .get, .head: "get"
            case .post: "create"
            case .put: "update"
            case .patch: "patch"
            case .delete: "delete"
            default: ""
            }
        if parts.first == "namespaces", parts.count > 1 {
            namespace = parts[parts.startIndex + 1]
            if parts.count > 2, !Self.namespaceSubresources.contains(parts[parts.startIndex + 2]) {
                parts = parts.dropFirst(2)
            }
        }
        resource = parts.popFirst() ?? ""
        name = parts.popFirst() ?? ""
        subresource = parts.popFirst() ?? ""
        guard name.isEmpty else { return }
        switch verb {
        case "get": verb = request.flag("watch") ? "watch" : "list"
        case "delete": verb = "deletecollection"
        default: return
        }
        // A selector of one name is a request for that object alone.
        if let selector = try? FieldSelector(request.first("fieldSelector")) {
            func value(_ field: String) -> String? {
                selector.terms.first { $0.field == field && $0.isEqual }?.value
            }
            name = value("metadata.name") ?? ""
            selectedNode = value("spec.nodeName") ?? ""
        }
    }
}
