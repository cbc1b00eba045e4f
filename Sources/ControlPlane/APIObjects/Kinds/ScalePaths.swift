package import JSONStream

/// Where a kind has what autoscaling/v1 Scale shows.
package struct ScalePaths: Sendable {
    package var replicas = ["spec", "replicas"]
    package var observed = ["status", "replicas"]
    /// Nil: the selector of the spec.
    package var selector: [String]?

    static let standard = ScalePaths()

    private init() {}

    package init(_ json: JSONValue) {
        func path(_ name: String) -> [String]? {
            let text = json.text(name)
            return text.isEmpty ? nil : text.split(separator: ".").map(String.init)
        }
        replicas = path("specReplicasPath") ?? replicas
        observed = path("statusReplicasPath") ?? observed
        selector = path("labelSelectorPath") ?? []
    }
}
