import APIObjects
import APIResources

/// What a path stands for.
enum RequestTarget: Sendable {
    typealias Resource = ObjectPath

    case resource(Resource)
    /// A group version that is served, with a resource that is not.
    case unknownResource
    case other

    init(_ path: [String], _ registry: ResourceRegistry) {
        var rest = path[...]
        let apiVersion: String
        if rest.count > 2, rest.first == "api" {
            apiVersion = path[1]
            rest = rest.dropFirst(2)
        } else if rest.count > 3, rest.first == "apis" {
            apiVersion = "\(path[1])/\(path[2])"
            rest = rest.dropFirst(3)
        } else {
            self = .other
            return
        }
        guard registry.serves(apiVersion: apiVersion) else {
            self = .other
            return
        }
        var namespace = ""
        // namespaces/NAME/RESOURCE, but not namespaces/NAME/status.
        if rest.first == "namespaces", rest.count > 2, !["status", "finalize"].contains(rest[rest.startIndex + 2]) {
            namespace = rest[rest.startIndex + 1]
            rest = rest.dropFirst(2)
        }
        guard let plural = rest.first, let definition = registry.find(apiVersion: apiVersion, plural: plural),
            rest.count <= 3, namespace.isEmpty || definition.isNamespaced
        else {
            self = .unknownResource
            return
        }
        let parts = Array(rest)
        if definition.isNamespaced, namespace.isEmpty, parts.count > 1 {
            self = .unknownResource
            return
        }
        self = .resource(
            Resource(
                definition: definition, namespace: namespace, name: parts.count > 1 ? parts[1] : "",
                subresource: parts.count > 2 ? parts[2] : ""))
    }
}
