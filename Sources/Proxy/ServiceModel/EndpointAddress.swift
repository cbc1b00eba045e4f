public import NetworkAddress

/// Where one endpoint listens.
public struct EndpointAddress: Hashable, Sendable, Comparable, CustomStringConvertible {
    public var ip: IPAddress
    public var port: UInt16

    public init(_ ip: IPAddress, _ port: UInt16) {
        self.ip = ip
        self.port = port
    }

    public static func < (left: EndpointAddress, right: EndpointAddress) -> Bool {
        left.ip == right.ip ? left.port < right.port : left.ip < right.ip
    }

    public var description: String { "\(ip.bracketed):\(port)" }
}
