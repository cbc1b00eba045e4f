import NetworkAddress
import ServiceModel

/// Where a socket waits for clients.
struct ListenerKey: Hashable, Sendable, CustomStringConvertible {
    /// Unspecified (0.0.0.0 or ::): all addresses of the family.
    var address: IPAddress
    /// The number of the device that a link-local IPv6 address is on, which several may have; 0 for all others.
    var device: UInt32
    var port: UInt16
    var transport: TransportProtocol

    init(_ address: IPAddress, _ port: UInt16, _ transport: TransportProtocol, device: UInt32 = 0) {
        self.address = address
        self.device = device
        self.port = port
        self.transport = transport
    }

    var description: String {
        address.isUnspecified
            ? "node port \(port)/\(transport.apiName) (\(address.family.rawValue))"
            : (device == 0 ? address.bracketed : "[\(address)%\(device)]") + ":\(port)/\(transport.apiName)"
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
