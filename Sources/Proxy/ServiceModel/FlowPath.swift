/// The path of connections: the address that clients connect to, and the endpoint that answers.
public struct FlowPath: Hashable, Sendable {
    public var transport: TransportProtocol
    /// The destination to which clients send.
    public var destination: EndpointAddress
    public var endpoint: EndpointAddress

    public init(transport: TransportProtocol, destination: EndpointAddress, endpoint: EndpointAddress) {
        self.transport = transport
        self.destination = destination
        self.endpoint = endpoint
    }

    /// Whether the destination was translated.
    public var isTranslated: Bool { destination != endpoint }
}

/// The endpoint at which connections end.
public struct FlowEnd: Hashable, Sendable {
    public var transport: TransportProtocol
    public var address: EndpointAddress

    public init(transport: TransportProtocol, address: EndpointAddress) {
        self.transport = transport
        self.address = address
    }
}

/// Counts of connections at one moment.
public struct FlowCounts: Hashable, Sendable {
    public var live = 0
    /// The unanswered ones among these.
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
