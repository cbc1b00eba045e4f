import ContainerRuntime
import JSONStream
import KubeAPI

/// A pod that is bound to this node, with its whole specification.
struct BoundPod: APIObject, Hashable {
    static let apiVersion = "v1"
    static let kind = "Pod"
    static let resource = "pods"
    static let isNamespaced = true

    var metadata: ObjectMeta
    var spec: PodDefinition
    /// As the API server has it.
    var status: JSONValue
    /// All of it, where somebody else is to have a copy.
    var whole: JSONValue?

    init(reading reader: inout JSONReader) throws {
        try self.init(JSONValue(reading: &reader))
    }

    /// - Parameter whole: whether to keep all of it.
    init(_ json: JSONValue, whole: Bool = false) throws {
        let bytes = (json["metadata"] ?? [:]).serialized()
        metadata = try JSONReader.read(bytes) { try ObjectMeta(reading: &$0) }
        spec = PodDefinition(json["spec"] ?? [:])
        status = json["status"] ?? [:]
        self.whole = whole ? json : nil
    }

    var identity: PodIdentity {
        PodIdentity(name: metadata.name, namespace: metadata.namespace, uid: metadata.uid)
    }

    /// `name_namespace(uid)`, as messages of kubelet say it.
    var fullName: String { "\(metadata.name)_\(metadata.namespace)(\(metadata.uid))" }

    var phase: String { status.text("phase") }
    var isFinished: Bool { phase == "Succeeded" || phase == "Failed" }

    /// How long its containers may take to end.
    var gracePeriod: Duration {
        let seconds = metadata.deletionGracePeriodSeconds ?? spec.gracePeriod
        return .seconds(min(max(seconds, 0), Self.longestGracePeriod))
    }

    /// Seconds; more, and sums of times would be out of range.
    private static let longestGracePeriod: Int64 = 10 * 365 * 86_400

    /// How kubelet orders pods where a node runs short.
    var qualityOfService: QualityOfService { QualityOfService(spec) }
}
