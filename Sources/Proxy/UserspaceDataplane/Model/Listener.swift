import NetworkAddress
import ServiceModel

/// Where a socket listens.
struct ListenerKey: Hashable, Sendable, CustomStringConvertible {
    /// Of a node port: all addresses of the family.
    var frontend: FrontendKey
    /// The number of the device that a link-local IPv6 address is on, which several may have; 0 for all others.
    var device: UInt32

    init(_ frontend: FrontendKey, device: UInt32 = 0) {
        self.frontend = frontend
        self.device = device
    }

    init(_ address: IPAddress, _ port: UInt16, _ transport: TransportProtocol, device: UInt32 = 0) {
        self.init(FrontendKey(address, port, transport), device: device)
    }

    var address: IPAddress { frontend.ip }
    var port: UInt16 { frontend.port }
    var transport: TransportProtocol { frontend.transport }

    var description: String {
        device == 0 ? frontend.description : "[\(address)%\(device)]:\(port)/\(transport.apiName)"
    }
}

/// A socket that listens for the clients of one Service port.
struct Listener: Hashable, Sendable {
    var key: ListenerKey
    var service: ServicePortName
    /// What leads clients here; the address is the one that they ask for, also where the socket is on another.
    var frontend: Frontend
}
