import JSONStream

/// Where a kind has what autoscaling/v1 Scale shows.
struct ScalePaths: Sendable {
    var replicas = ["spec", "replicas"]
    var observed = ["status", "replicas"]
    /// Nil: the selector of the spec.
    var selector: [String]?

    static let standard = ScalePaths()

    private init() {}

    init(_ json: JSONValue) {
        func path(_ name: String) -> [String]? {
            let text = json.text(name)
            return text.isEmpty ? nil : text.split(separator: ".").map(String.init)
        }
        replicas = path("specReplicasPath") ?? replicas
        observed = path("statusReplicasPath") ?? observed
        selector = path("labelSelectorPath") ?? []
    }
}
