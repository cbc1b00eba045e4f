import APIObjects
package import JSONStream

/// An object that a pod names, or the pod itself.
package struct PodReference: Hashable, Sendable {
    /// `secrets`, `configmaps`, `persistentvolumeclaims`, `serviceaccounts`, `pods`.
    package var resource: String
    package var namespace: String
    package var name: String

    package init(resource: String, namespace: String, name: String) {
        self.resource = resource
        self.namespace = namespace
        self.name = name
    }

    /// The pod itself and all that it names.
    package static func all(of pod: JSONValue) -> Set<PodReference> {
        let namespace = pod["metadata"]?.text("namespace") ?? ""
        var found: Set<PodReference> = []
        func add(_ resource: String, _ name: String) {
            if !name.isEmpty { found.insert(PodReference(resource: resource, namespace: namespace, name: name)) }
        }
        add("pods", pod["metadata"]?.text("name") ?? "")
        // A mirror of a file on the node refers to nothing: the node itself writes it.
        guard pod["metadata"]?["annotations"]?["kubernetes.io/config.mirror"] == nil else { return found }
        let spec = pod["spec"] ?? [:]
        add("serviceaccounts", spec.text("serviceAccountName"))
        for secret in spec.items("imagePullSecrets") { add("secrets", secret.text("name")) }
        for list in ["initContainers", "containers", "ephemeralContainers"] {
            for container in spec.items(list) {
                for source in container.items("envFrom") {
                    add("configmaps", source["configMapRef"]?.text("name") ?? "")
                    add("secrets", source["secretRef"]?.text("name") ?? "")
                }
                for variable in container.items("env") {
                    add("configmaps", variable["valueFrom"]?["configMapKeyRef"]?.text("name") ?? "")
                    add("secrets", variable["valueFrom"]?["secretKeyRef"]?.text("name") ?? "")
                }
            }
        }
        for volume in spec.items("volumes") {
            for source in [volume] + (volume["projected"]?.items("sources") ?? []) {
                add("configmaps", source["configMap"]?.text("name") ?? "")
                let secret = source["secret"] ?? [:]
                add("secrets", secret.text("secretName").isEmpty ? secret.text("name") : secret.text("secretName"))
            }
            add("persistentvolumeclaims", volume["persistentVolumeClaim"]?.text("claimName") ?? "")
        }
        return found
    }
}
