import NetworkAddress
import ServiceModel

/// One UDP client of one socket.
struct FlowKey: Hashable, Sendable {
    var listener: ListenerKey
    /// The client's address and port.
    var client: EndpointAddress
}
