import NetworkAddress

/// What a connection is addressed to when it means a Service: at most one Service port of a family has each.
struct Frontend: Hashable, Sendable, CustomStringConvertible {
    /// The unspecified address (0.0.0.0 or ::) for a node port, which no address of a Service can be.
    var ip: IPAddress
    var port: UInt16
    var transport: TransportProtocol

    init(_ ip: IPAddress, _ port: UInt16, _ transport: TransportProtocol) {
        self.ip = ip
        self.port = port
        self.transport = transport
    }

    static func nodePort(_ port: UInt16, _ transport: TransportProtocol, _ family: IPFamily) -> Frontend {
        Frontend(IPAddress(family: family, value: 0), port, transport)
    }

    var isNodePort: Bool { ip.isUnspecified }

    var description: String {
        isNodePort
            ? "node port \(port)/\(transport.apiName) (\(ip.family.rawValue))"
            : "\(ip.bracketed):\(port)/\(transport.apiName)"
    }
}
