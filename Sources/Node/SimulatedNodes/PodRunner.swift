public import KubeAPI
public import NetworkAddress

/// A pod that is to run on a simulated node.
public struct SimulatedPod: Hashable, Sendable {
    public var uid: String
    public var key: ObjectKey
    public var node: String
    /// One or two, the primary first. Those of the node where the pod is on its network.
    public var addresses: [IPAddress]
    public var isOnHostNetwork: Bool
    /// Ports of its containers, and of those that run beside them.
    public var ports: [PodSpec.Container.Port]
}

/// Runs what stands for the pods of simulated nodes.
public protocol PodRunner: Sendable {
    /// Called before any pod is started: removes what an earlier process left.
    func prepare() async throws

    /// Returns when the pod serves; called once for a pod until it is stopped.
    func start(_ pod: SimulatedPod) async throws

    /// The pod's address is not used any more when it returns.
    func stop(_ pod: SimulatedPod) async

    /// Called at the end: removes all that is left.
    func finish() async
}

/// Runs nothing: pods exist in the API only.
public struct NothingRunner: PodRunner {
    public init() {}

    public func prepare() async throws {}
    public func start(_ pod: SimulatedPod) async throws {}
    public func stop(_ pod: SimulatedPod) async {}
    public func finish() async {}
}
