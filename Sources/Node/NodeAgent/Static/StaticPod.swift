import JSONStream
import KubeAPI
import YAMLStream

/// A pod from a file on this host: the API server has a copy of it, its mirror, for those who look. Pure.
enum StaticPod {
    /// Annotations that kubelet uses for both.
    static let hash = "kubernetes.io/config.hash"
    static let mirror = "kubernetes.io/config.mirror"
    static let source = "kubernetes.io/config.source"

    /// - Parameter node: its name is added to the pod's.
    /// - Throws: what is wrong with the file, for people.
    static func read(_ bytes: [UInt8], node: String) throws -> BoundPod {
        var json = try YAMLDocument(parsing: bytes).value
        guard json.text("kind") == "Pod", json.text("apiVersion") == "v1" else {
            throw StatusProblem("InvalidManifest", "it is no Pod of apiVersion v1")
        }
        var metadata = json["metadata"] ?? [:]
        let name = metadata.text("name")
        guard !name.isEmpty, json["spec"]?.list("containers").isEmpty == false else {
            throw StatusProblem("InvalidManifest", "the Pod has no name or no containers")
        }
        metadata["name"] = .string("\(name)-\(node)")
        if metadata.text("namespace").isEmpty { metadata["namespace"] = "default" }
        let uid = digest(bytes + Array(node.utf8))
        metadata["uid"] = .string(uid)
        var annotations = metadata["annotations"] ?? [:]
        annotations[hash] = .string(uid)
        annotations[source] = "file"
        metadata["annotations"] = annotations
        var spec = json["spec"] ?? [:]
        spec["nodeName"] = .string(node)
        // It runs before anything that could say where it may.
        spec["tolerations"] = [["operator": "Exists", "effect": "NoExecute"]]
        json["metadata"] = metadata
        json["spec"] = spec
        return try BoundPod(json, whole: true)
    }

    /// What the API server is given.
    static func mirror(_ pod: BoundPod, _ node: Node?) -> JSONValue {
        var json = pod.whole ?? [:]
        var metadata = json["metadata"] ?? [:]
        metadata["uid"] = nil
        var annotations = metadata["annotations"] ?? [:]
        annotations[mirror] = .string(pod.metadata.uid)
        metadata["annotations"] = annotations
        if let node {
            var owner = OwnerReference(controller: node)
            owner.blocksOwnerDeletion = false
            metadata["ownerReferences"] = [owner.json]
        }
        json["metadata"] = metadata
        json["status"] = nil
        return json
    }

    /// 32 digits: another content, another pod.
    private static func digest(_ bytes: [UInt8]) -> String {
        var hashes: (UInt64, UInt64) = (0xcbf2_9ce4_8422_2325, 0x8422_2325_cbf2_9ce4)
        for byte in bytes {
            hashes.0 = (hashes.0 ^ UInt64(byte)) &* 0x100_0000_01b3
            hashes.1 = (hashes.1 ^ UInt64(byte) ^ hashes.0 >> 7) &* 0x100_0000_01b3
        }
        return [hashes.0, hashes.1].map { hash in
            let text = String(hash, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }.joined()
    }
}
