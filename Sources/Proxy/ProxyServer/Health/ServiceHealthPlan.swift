import KubeAPI

/// The health of a Service with a health check node port (`spec.healthCheckNodePort`).
public struct ServiceHealth: Hashable, Sendable {
    public var port: UInt16
    /// Ready endpoints on this node.
    public var localEndpoints: Int

    public init(port: UInt16, localEndpoints: Int) {
        self.port = port
        self.localEndpoints = localEndpoints
    }
}

/// Which listeners to close and which to open.
struct ServiceHealthPlan: Hashable, Sendable {
    /// Sorted. Closed before others are opened: a port may move from one service to another.
    var close: [ObjectKey]
    /// Sorted.
    var open: [ObjectKey]

    init(open: [ObjectKey: UInt16], wanted: [ObjectKey: ServiceHealth]) {
        close = open.filter { wanted[$0.key]?.port != $0.value }.map(\.key).sorted()
        self.open = wanted.filter { open[$0.key] != $0.value.port }.map(\.key).sorted()
    }
}
