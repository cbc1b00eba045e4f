import NetworkAddress
import ServiceModel

/// Where a socket waits for clients.
struct ListenerKey: Hashable, Sendable, CustomStringConvertible {
    /// Unspecified (0.0.0.0 or ::): all addresses of the family.
    var address: IPAddress
    var port: UInt16
    var transport: TransportProtocol

    init(_ address: IPAddress, _ port: UInt16, _ transport: TransportProtocol) {
        self.address = address
        self.port = port
        self.transport = transport
    }

    var description: String {
        address.isUnspecified
            ? "node port \(port)/\(transport.apiName) (\(address.family.rawValue))"
            : "\(address.bracketed):\(port)/\(transport.apiName)"
    }
}

/// What kind of address leads clients to a Service port: traffic policies and source ranges depend on it.
enum FrontendUse: UInt8, Hashable, Sendable {
    case clusterIP
    case externalIP
    case loadBalancer
    case nodePort
}

/// A socket that waits for the clients of one Service port.
struct Listener: Hashable, Sendable {
    var key: ListenerKey
    var service: ServicePortName
    var use: FrontendUse
}
