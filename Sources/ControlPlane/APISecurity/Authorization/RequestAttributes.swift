/// What a request wants, as far as authorization and audit are concerned. The rules by which a path and a method become
/// a verb and a resource are upstream's, and need no knowledge of which kinds are served.
package struct RequestAttributes: Hashable, Sendable {
    package var verb: String
    /// The path, for requests that are for no resource.
    package var path = ""
    package var isResource = false
    package var group = ""
    package var version = ""
    package var resource = ""
    package var subresource = ""
    package var namespace = ""
    package var name = ""
    /// The node whose pods are asked for (`spec.nodeName`); empty: those of all.
    package var selectedNode = ""

    /// Of a request that is for no resource.
    package init(verb: String, path: String) {
        self.verb = verb
        self.path = path
    }

    package init(
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

    /// `services`, `pods/log`.
    var combinedResource: String { subresource.isEmpty ? resource : "\(resource)/\(subresource)" }

    package var isReadOnly: Bool {
        switch verb {
        case "get", "list", "watch", "head", "options": true
        default: false
        }
    }

    /// Requests that hold on for as long as the client likes.
    package var isLongRunning: Bool {
        verb == "watch" || (isResource && ["log", "exec", "attach", "portforward", "proxy"].contains(subresource))
    }
}
