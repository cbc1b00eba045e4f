import KubeSchema

/// A path below an object, such as `pods/status`.
struct Subresource: Sendable {
    enum Action: Sendable {
        /// Shows and changes a part of the object itself; the strategy knows it by the subresource's name.
        case part
        /// autoscaling/v1 Scale.
        case scale
        /// core/v1 Binding of a pod to a node.
        case binding
        /// policy/v1 Eviction of a pod.
        case eviction
        /// authentication.k8s.io/v1 TokenRequest for a service account.
        case token
    }

    let name: String
    let action: Action
    /// In discovery's words, sorted.
    let verbs: [String]
    /// The kind of bodies and answers, nil for the object's own.
    var kind: (group: String, version: String, kind: String)?

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

    private static let actions: [String: Action] = [
        "status": .part, "finalize": .part, "ephemeralcontainers": .part, "resize": .part, "approval": .part,
        "scale": .scale, "binding": .binding, "eviction": .eviction, "token": .token,
    ]
}
