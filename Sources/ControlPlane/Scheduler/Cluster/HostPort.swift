import KubeAPI

/// A port that a pod takes of its node.
struct HostPort: Hashable, Sendable {
    /// Empty: on all addresses of the node.
    var address: String
    /// `TCP`, `UDP` or `SCTP`.
    var transport: String
    var port: Int32

    init(address: String, transport: String, port: Int32) {
        self.address = address == "0.0.0.0" || address == "::" ? "" : address
        self.transport = transport.isEmpty ? "TCP" : transport
        self.port = port
    }

    init(_ port: PodSpec.Container.Port) {
        self.init(address: port.hostIP, transport: port.transport, port: port.hostPort)
    }

    func conflicts(with other: HostPort) -> Bool {
        port == other.port && transport == other.transport
            && (address.isEmpty || other.address.isEmpty || address == other.address)
    }
}
