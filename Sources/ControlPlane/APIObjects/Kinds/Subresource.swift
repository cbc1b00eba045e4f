import KubeSchema

/// A path below an object, such as `pods/status`.
package struct Subresource: Sendable {
    package enum Action: Sendable {
        /// Shows and changes a part of the object itself; the strategy knows it by the subresource's name.
        case part
        /// autoscaling/v1 Scale, made of what is at these places.
        case scale(ScalePaths)
        /// core/v1 Binding of a pod to a node.
        case binding
        /// policy/v1 Eviction of a pod.
        case eviction
        /// authentication.k8s.io/v1 TokenRequest for a service account.
        case token
    }

    package let name: String
    package let action: Action
    /// In discovery's words, sorted.
    package let verbs: [String]
    /// The kind of bodies and answers, nil for the object's own.
    package var kind: (group: String, version: String, kind: String)?

    /// What the facts say; nil for what this server does not do.
    init?(_ fact: ResourceFact, of kind: GroupVersionKind) {
        guard let action = Self.actions[fact.subresource] else { return nil }
        name = fact.subresource
        self.action = action
        verbs = fact.verbs
        if !fact.kindGroup.isEmpty {
            self.kind = (fact.kindGroup, fact.kindVersion, fact.kind)
        } else if fact.kind != kind.kind {
            self.kind = (kind.group, kind.version, fact.kind)
        }
    }

    private init(
        _ name: String, _ action: Action, _ verbs: [String],
        kind: (group: String, version: String, kind: String)? = nil
    ) {
        self.name = name
        self.action = action
        self.verbs = verbs
        self.kind = kind
    }

    /// Of custom kinds.
    package static let status = Subresource("status", .part, ["get", "patch", "update"])

    package static func scale(_ paths: ScalePaths) -> Subresource {
        Subresource("scale", .scale(paths), ["get", "patch", "update"], kind: ("autoscaling", "v1", "Scale"))
    }

    private static let actions: [String: Action] = [
        "status": .part, "finalize": .part, "ephemeralcontainers": .part, "resize": .part, "approval": .part,
        "scale": .scale(.standard), "binding": .binding, "eviction": .eviction, "token": .token,
    ]
}
