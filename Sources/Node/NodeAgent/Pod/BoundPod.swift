public import ContainerRuntime
public import JSONStream
public import KubeAPI

/// A pod that is bound to this node, with its whole specification.
public struct BoundPod: APIObject, Hashable {
    public static let apiVersion = "v1"
    public static let kind = "Pod"
    public static let resource = "pods"
    public static let isNamespaced = true

    public var metadata: ObjectMeta
    var spec: PodDefinition
    /// As the API server has it.
    public var status: JSONValue
    /// All of it, where somebody else is to have a copy.
    var whole: JSONValue?

    public init(reading reader: inout JSONReader) throws {
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

    public var identity: PodIdentity {
        PodIdentity(name: metadata.name, namespace: metadata.namespace, uid: metadata.uid)
    }

    /// `name_namespace(uid)`, as messages of kubelet say it.
    var fullName: String { "\(metadata.name)_\(metadata.namespace)(\(metadata.uid))" }

    public var nodeName: String { spec.nodeName }
    public var isOnHostNetwork: Bool { spec.namespaces.hostNetwork }

    /// Ports of its containers, and of those that run beside them.
    public var ports: [PodSpec.Container.Port] {
        (spec.containers + spec.sidecars).flatMap(\.ports).map { port in
            var result = PodSpec.Container.Port()
            (result.name, result.containerPort, result.transport) = (port.name, port.containerPort, port.transport)
            return result
        }
    }

    /// Whether a container of this name is to end before others start.
    public func isInitializer(_ container: String) -> Bool {
        spec.initContainers.contains { $0.name == container && !$0.isSidecar }
    }

    public var phase: String { status.text("phase") }
    public var isFinished: Bool { phase == "Succeeded" || phase == "Failed" }

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
