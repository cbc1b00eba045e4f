public import NetworkAddress

/// The destination of connections to a Service. At most one Service port of a family has each key.
///
/// Ordered by address, so that node ports come first, then by protocol and port.
public struct FrontendKey: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The unspecified address (0.0.0.0 or ::) for a node port, which no address of a Service can be.
    public var ip: IPAddress
    public var port: UInt16
    public var transport: TransportProtocol

    public init(_ ip: IPAddress, _ port: UInt16, _ transport: TransportProtocol) {
        self.ip = ip
        self.port = port
        self.transport = transport
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(ip)
        hasher.combine(UInt32(port) << 8 | UInt32(transport.rawValue))
    }

    public static func nodePort(_ port: UInt16, _ transport: TransportProtocol, _ family: IPFamily) -> FrontendKey {
        FrontendKey(IPAddress(family: family, value: 0), port, transport)
    }

    public var isNodePort: Bool { ip.isUnspecified }

    public static func < (left: FrontendKey, right: FrontendKey) -> Bool {
        if left.ip != right.ip { return left.ip < right.ip }
        return left.transport == right.transport ? left.port < right.port : left.transport < right.transport
    }

    public var description: String {
        isNodePort
            ? "node port \(port)/\(transport.apiName) (\(ip.family.rawValue))"
            : "\(ip.bracketed):\(port)/\(transport.apiName)"
    }
}

extension FrontendKey {
    /// Hands over everything that leads to a Service port, the cluster IP first. The health check node port is not among
    /// them: the proxy itself answers there.
    static func forEach(
        clusterIP: IPAddress, externalIPs: [IPAddress], loadBalancerVIPs: [IPAddress], port: UInt16, nodePort: UInt16,
        _ transport: TransportProtocol, _ body: (FrontendKey, Frontend.Kind) -> Void
    ) {
        body(FrontendKey(clusterIP, port, transport), .clusterIP)
        for ip in externalIPs { body(FrontendKey(ip, port, transport), .externalIP) }
        for ip in loadBalancerVIPs { body(FrontendKey(ip, port, transport), .loadBalancerIP) }
        if nodePort != 0 { body(.nodePort(nodePort, transport, clusterIP.family), .nodePort) }
    }
}
