import HTTPTypes

/// What a request wants, as far as authorization and audit are concerned. The rules by which a path and a method become
/// a verb and a resource are upstream's, and need no knowledge of which kinds are served.
struct RequestAttributes: Hashable, Sendable {
    var verb: String
    /// The path, for requests that are for no resource.
    var path = ""
    var isResource = false
    var group = ""
    var version = ""
    var resource = ""
    var subresource = ""
    var namespace = ""
    var name = ""
    /// The node whose pods are asked for (`spec.nodeName`); empty: those of all.
    var selectedNode = ""

    /// Of a request that is for no resource.
    init(verb: String, path: String) {
        self.verb = verb
        self.path = path
    }

    init(
        verb: String, group: String = "", version: String = "", resource: String, subresource: String = "",
        namespace: String = "", name: String = ""
    ) {
        self.verb = verb
        isResource = true
        self.group = group
        self.version = version
        self.resource = resource
        self.subresource = subresource
        self.namespace = namespace
        self.name = name
    }

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

    /// `services`, `pods/log`.
    var combinedResource: String { subresource.isEmpty ? resource : "\(resource)/\(subresource)" }

    var isReadOnly: Bool {
        switch verb {
        case "get", "list", "watch", "head", "options": true
        default: false
        }
    }

    /// Requests that hold on for as long as the client likes.
    var isLongRunning: Bool {
        verb == "watch" || (isResource && ["log", "exec", "attach", "portforward", "proxy"].contains(subresource))
    }
}
