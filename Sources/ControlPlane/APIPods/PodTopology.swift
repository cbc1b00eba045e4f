package import APIObjects
package import JSONStream

/// Pods have the zone and the region of their node as labels.
package enum PodTopology {
    private static let labels = ["topology.kubernetes.io/zone", "topology.kubernetes.io/region"]

    package static func copyLabels(of node: String, to object: inout JSONValue, _ context: AdmissionContext) {
        guard !node.isEmpty, let node = context.find("nodes", "", node) else { return }
        for label in labels {
            guard let value = node["metadata"]?["labels"]?[label] else { continue }
            object.editOrMake("metadata") { metadata in metadata.editOrMake("labels") { $0[label] = value } }
        }
    }
}
