public import NetworkAddress

/// The health check node port of a Service and its answer.
public struct HealthCheckPort: Hashable, Sendable {
    public var port: UInt16
    /// Ready endpoints on this node by family, each address once. A family without any is left out.
    public var localReadyEndpoints: [IPFamily: Int]

    public init(port: UInt16, localReadyEndpoints: [IPFamily: Int] = [:]) {
        self.port = port
        self.localReadyEndpoints = localReadyEndpoints
    }
}
