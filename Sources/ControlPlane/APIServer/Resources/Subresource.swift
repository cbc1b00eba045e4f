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

    static let status = Subresource(name: "status", action: .part, verbs: ["get", "patch", "update"])
    static let finalize = Subresource(name: "finalize", action: .part, verbs: ["update"])
    static let ephemeralContainers = Subresource(
        name: "ephemeralcontainers", action: .part, verbs: ["get", "patch", "update"])
    static let resize = Subresource(name: "resize", action: .part, verbs: ["get", "patch", "update"])
    static let scale = Subresource(
        name: "scale", action: .scale, verbs: ["get", "patch", "update"], kind: ("autoscaling", "v1", "Scale"))
    static let binding = Subresource(name: "binding", action: .binding, verbs: ["create"], kind: ("", "v1", "Binding"))
    static let eviction = Subresource(
        name: "eviction", action: .eviction, verbs: ["create"], kind: ("policy", "v1", "Eviction"))
    static let token = Subresource(
        name: "token", action: .token, verbs: ["create"], kind: ("authentication.k8s.io", "v1", "TokenRequest"))
}
