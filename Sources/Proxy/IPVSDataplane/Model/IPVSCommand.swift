internal import NetworkAddress
internal import ServiceModel

extension IPAddress {
    static func loopback(_ family: IPFamily) -> IPAddress {
        IPAddress(family: family, value: family == .ipv4 ? 0x7F00_0001 : 1)
    }
}

/// One message to IPVS that changes something.
enum IPVSCommand: Hashable, Sendable {
    case addServer(VirtualServerKey, VirtualServerSettings)
    case setServer(VirtualServerKey, VirtualServerSettings)
    case removeServer(VirtualServerKey)
    case addEndpoint(VirtualServerKey, EndpointAddress, weight: UInt16)
    case setEndpoint(VirtualServerKey, EndpointAddress, weight: UInt16)
    case removeEndpoint(VirtualServerKey, EndpointAddress)
    /// Connections to the virtual server go to this host's own sockets as they are.
    case addLocalDelivery(VirtualServerKey, IPFamily)

    var text: String {
        switch self {
        case .addServer(let key, let settings): "add server \(key) \(settings.text)"
        case .setServer(let key, let settings): "set server \(key) \(settings.text)"
        case .removeServer(let key): "delete server \(key)"
        case .addEndpoint(let key, let endpoint, let weight): "add endpoint \(key) -> \(endpoint) weight \(weight)"
        case .setEndpoint(let key, let endpoint, let weight): "set endpoint \(key) -> \(endpoint) weight \(weight)"
        case .removeEndpoint(let key, let endpoint): "delete endpoint \(key) -> \(endpoint)"
        case .addLocalDelivery(let key, _): "add local delivery \(key)"
        }
    }

    /// Whether it creates an object, or else changes or deletes one.
    var adds: Bool {
        switch self {
        case .addServer, .addEndpoint, .addLocalDelivery: true
        default: false
        }
    }
}
