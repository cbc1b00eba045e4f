/// Names one port of one Service; unique in a cluster.
public struct ServicePortName: Hashable, Sendable, Comparable, CustomStringConvertible {
    public var namespace: String
    public var name: String
    /// The port's name in `spec.ports`; empty for the only port of a Service.
    public var port: String
    public var transport: TransportProtocol

    public init(namespace: String, name: String, port: String, transport: TransportProtocol) {
        self.namespace = namespace
        self.name = name
        self.port = port
        self.transport = transport
    }

    /// `namespace/name:port`, as kube-proxy writes it in comments and logs.
    public var description: String { port.isEmpty ? "\(namespace)/\(name)" : "\(namespace)/\(name):\(port)" }

    public static func < (left: ServicePortName, right: ServicePortName) -> Bool {
        (left.namespace, left.name, left.port, left.transport) < (
            right.namespace, right.name, right.port, right.transport
        )
    }
}
