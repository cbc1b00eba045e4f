/// Connections that go the same way: what was asked, and who answers.
public struct FlowPath: Hashable, Sendable {
    public var transport: TransportProtocol
    /// Where clients sent to.
    public var destination: EndpointAddress
    public var endpoint: EndpointAddress

    public init(transport: TransportProtocol, destination: EndpointAddress, endpoint: EndpointAddress) {
        self.transport = transport
        self.destination = destination
        self.endpoint = endpoint
    }

    /// Whether it was sent elsewhere than where it was addressed to.
    public var isTranslated: Bool { destination != endpoint }
}

/// Where connections end.
public struct FlowEnd: Hashable, Sendable {
    public var transport: TransportProtocol
    public var address: EndpointAddress

    public init(transport: TransportProtocol, address: EndpointAddress) {
        self.transport = transport
        self.address = address
    }
}

/// What is known of connections at one moment.
public struct FlowCounts: Hashable, Sendable {
    public var live = 0
    /// Of these, those that nobody has answered yet.
    public var unanswered = 0
    /// Bytes from clients and from endpoints, of live connections; 0 where the kernel does not count.
    public var bytesSent: UInt64 = 0
    public var bytesReceived: UInt64 = 0

    public init() {}

    public mutating func add(_ other: FlowCounts) {
        live += other.live
        unanswered += other.unanswered
        bytesSent &+= other.bytesSent
        bytesReceived &+= other.bytesReceived
    }
}
