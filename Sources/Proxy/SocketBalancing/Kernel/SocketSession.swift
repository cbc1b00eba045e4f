import NetworkAddress
import ServiceModel

/// What a socket's program asked for, and where it was led.
struct SocketSession: Hashable, Sendable {
    /// The kernel's number for the socket.
    var socket: UInt64
    var transport: TransportProtocol
    var frontend: EndpointAddress
    var endpoint: EndpointAddress
    /// The cookie of its network namespace.
    var namespace: UInt64

    /// Whether changes have made it wrong. Whoever has a socket here is inside.
    func isStale(_ flows: StaleFamilyFlows) -> Bool {
        flows.isStale(transport, client: Self.here(frontend.ip.family), destination: frontend, replySource: endpoint)
    }

    private static func here(_ family: IPFamily) -> IPAddress {
        IPAddress(family: family, value: family == .ipv4 ? 0x7F00_0001 : 1)
    }
}

extension SocketSession {
    /// An element of the map of sessions of a transport.
    init?(_ key: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>, _ transport: TransportProtocol, _ codec: MapCodec) {
        guard let endpoint = codec.endpoint(key.dropFirst(8)), let frontend = codec.endpoint(value) else { return nil }
        socket = codec.integer(key, at: 0)
        namespace = codec.integer(value, at: codec.sessionSize - 8)
        (self.transport, self.frontend, self.endpoint) = (transport, frontend, endpoint)
    }
}
