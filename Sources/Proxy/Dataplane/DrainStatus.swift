/// Endpoints that get no new connections and stay until the ones that they have end.
public struct DrainStatus: Sendable, Hashable {
    /// How many of them there are; one that several virtual servers send to counts for each.
    public var endpoints: Int
    /// Connections to them that were alive when the kernel was last asked.
    public var connections: Int

    public init(endpoints: Int = 0, connections: Int = 0) {
        self.endpoints = endpoints
        self.connections = connections
    }
}
