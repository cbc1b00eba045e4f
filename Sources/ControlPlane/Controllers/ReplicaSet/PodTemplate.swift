import JSONStream
import KubeAPI

/// `spec.template` of a workload.
struct PodTemplate: Hashable, Sendable {
    /// Tells the ReplicaSets of a Deployment, and their pods, apart.
    static let hashLabel = "pod-template-hash"
    /// The longest name of a pod (RFC 1123 subdomain).
    private static let longestName = 253

    private(set) var json: JSONValue

    init(_ json: JSONValue) { self.json = json }

    var labels: [String: String] {
        (json["metadata"]?["labels"]?.objectValue).map { members in
            Dictionary(uniqueKeysWithValues: members.map { ($0.key, $0.value.stringValue ?? "") })
        } ?? [:]
    }

    /// A pod for the object that manages it.
    func pod<Owner: APIObject>(for owner: Owner) -> JSONValue {
        let name = owner.metadata.name
        var metadata: JSONValue = [
            "generateName": .string(name.utf8.count < Self.longestName ? name + "-" : name),
            "namespace": .string(owner.metadata.namespace),
        ]
        for field in ["labels", "annotations", "finalizers"] { metadata[field] = json["metadata"]?[field] }
        metadata["ownerReferences"] = [OwnerReference(controller: owner).json]
        return ["apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": json["spec"] ?? [:]]
    }

    // MARK: Hash

    /// The template with the hash among its labels; nil takes it out.
    func labeled(_ hash: String?) -> PodTemplate {
        var metadata = json["metadata"] ?? [:]
        var labels = metadata["labels"] ?? [:]
        labels[Self.hashLabel] = hash.map { .string($0) }
        metadata["labels"] = labels
        var template = self
        template.json["metadata"] = metadata
        return template
    }

    /// Equal for templates that make the same pods, but for the hash.
    var identity: JSONValue { labeled(nil).json.canonical }

    func makesSamePods(as other: PodTemplate) -> Bool { identity == other.identity }

    /// A short text that is the same for the same template and collision count.
    func hash(collisions: Int32?) -> String {
        var hash: UInt32 = 0x811C_9DC5
        for byte in json.canonical.serialized() + (collisions.map { Array("#\($0)".utf8) } ?? []) {
            hash = (hash ^ UInt32(byte)) &* 0x0100_0193
        }
        // No vowels: the text shall not happen to be a word. (util/rand SafeEncodeString)
        let letters = Array("bcdfghjklmnpqrstvwxz2456789")
        return String(String(hash).utf8.map { letters[Int($0) % letters.count] })
    }
}

extension JSONValue {
    /// The value with the members of its objects sorted, without those that are null.
    fileprivate var canonical: JSONValue {
        switch self {
        case .array(let elements): return .array(elements.map(\.canonical))
        case .object(let members):
            var sorted: JSONValue = [:]
            for (name, value) in members.sorted(by: { $0.key < $1.key }) where !value.isNull {
                sorted[name] = value.canonical
            }
            return sorted
        default: return self
        }
    }
}
