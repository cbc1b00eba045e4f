public import NetworkAddress

/// What a connection is addressed to when it means a Service: at most one Service port of a family has each.
public struct Frontend: Hashable, Sendable, CustomStringConvertible {
    /// The unspecified address (0.0.0.0 or ::) for a node port, which no address of a Service can be.
    public var ip: IPAddress
    public var port: UInt16
    public var transport: TransportProtocol

    public init(_ ip: IPAddress, _ port: UInt16, _ transport: TransportProtocol) {
        self.ip = ip
        self.port = port
        self.transport = transport
    }

    public static func nodePort(_ port: UInt16, _ transport: TransportProtocol, _ family: IPFamily) -> Frontend {
        Frontend(IPAddress(family: family, value: 0), port, transport)
    }

    public var isNodePort: Bool { ip.isUnspecified }

    public var description: String {
        isNodePort
            ? "node port \(port)/\(transport.apiName) (\(ip.family.rawValue))"
            : "\(ip.bracketed):\(port)/\(transport.apiName)"
    }
}
