internal import ServiceModel

/// One message to IPVS that changes something.
enum IPVSCommand: Hashable, Sendable {
    case addServer(VirtualServerKey, VirtualServerSettings)
    case setServer(VirtualServerKey, VirtualServerSettings)
    case removeServer(VirtualServerKey)
    case addEndpoint(VirtualServerKey, EndpointAddress, weight: UInt16)
    case setEndpoint(VirtualServerKey, EndpointAddress, weight: UInt16)
    case removeEndpoint(VirtualServerKey, EndpointAddress)

    var text: String {
        switch self {
        case .addServer(let key, let settings): "add server \(key) \(settings.text)"
        case .setServer(let key, let settings): "set server \(key) \(settings.text)"
        case .removeServer(let key): "delete server \(key)"
        case .addEndpoint(let key, let endpoint, let weight): "add endpoint \(key) -> \(endpoint) weight \(weight)"
        case .setEndpoint(let key, let endpoint, let weight): "set endpoint \(key) -> \(endpoint) weight \(weight)"
        case .removeEndpoint(let key, let endpoint): "delete endpoint \(key) -> \(endpoint)"
        }
    }

    /// Whether it creates an object, or else changes or deletes one.
    var adds: Bool {
        switch self {
        case .addServer, .addEndpoint: true
        default: false
        }
    }
}
