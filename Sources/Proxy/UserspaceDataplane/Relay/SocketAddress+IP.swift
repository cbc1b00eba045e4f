import NIOCore
import NetworkAddress
import ServiceModel

extension EndpointAddress {
    /// Nil for an address that is no IP address.
    init?(_ address: SocketAddress?) {
        guard let address, let port = address.port, let value = UInt16(exactly: port) else { return nil }
        // sin_addr of struct sockaddr_in, sin6_addr of struct sockaddr_in6
        let place: Range<Int>
        switch address {
        case .v4: place = 4..<8
        case .v6: place = 8..<24
        case .unixDomainSocket: return nil
        }
        let ip = address.withSockAddr { pointer, size in
            IPAddress(bytes: UnsafeRawBufferPointer(start: pointer, count: size)[place])
        }
        guard let ip else { return nil }
        self.init(ip, value)
    }
}

extension SocketAddress {
    init(_ endpoint: EndpointAddress) throws {
        try self.init(packedIPAddress: ByteBuffer(bytes: endpoint.ip.bytes), port: Int(endpoint.port))
    }
}
