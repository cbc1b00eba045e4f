internal import LinuxSystem
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
    /// An element of the map of sockets without a peer.
    init?(_ key: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>, _ codec: MapCodec) {
        guard let endpoint = codec.endpoint(key.dropFirst(8)), let asked = codec.frontend(value) else { return nil }
        socket = codec.integer(key, at: 0)
        namespace = codec.integer(value, at: codec.sessionSize - 8)
        (transport, frontend, self.endpoint) = (asked.transport, EndpointAddress(asked.ip, asked.port), endpoint)
    }

    /// A connected socket's place; nil: it is free, or being written.
    init?(place: ArraySlice<UInt8>, _ codec: MapCodec) {
        let cookie: UInt64 = codec.integer(place, at: 0)
        guard cookie != 0, cookie != MapCodec.taken, let endpoint = codec.endpoint(place.dropFirst(16)),
            let asked = codec.frontend(place.dropFirst(16 + codec.endpointSize))
        else { return nil }
        socket = cookie
        namespace = codec.integer(place, at: 8)
        (transport, frontend, self.endpoint) = (asked.transport, EndpointAddress(asked.ip, asked.port), endpoint)
    }
}

extension BPFMap {
    /// Hands over what the map of connected sockets holds.
    func forEachConnection(_ codec: MapCodec, _ body: (SocketSession) -> Void) throws(SystemError) {
        try forEach { _, set in
            var places = set
            while places.count >= codec.connectionSize {
                if let session = SocketSession(place: places.prefix(codec.connectionSize), codec) { body(session) }
                places = places.dropFirst(codec.connectionSize)
            }
        }
    }
}
