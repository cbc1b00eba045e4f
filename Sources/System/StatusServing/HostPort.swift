public import NetworkAddress

/// An address and a port to listen on.
public struct HostPort: Hashable, Sendable, CustomStringConvertible {
    public var address: IPAddress
    /// 0 lets the kernel choose; files and flags cannot have it.
    public var port: UInt16

    public init(address: IPAddress, port: UInt16) {
        self.address = address
        self.port = port
    }

    /// Parses `1.2.3.4:80` and `[::1]:80`.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        var host = text[..<colon]
        let digits = text[text.index(after: colon)...]
        if host.first == "[", host.last == "]", host.count > 2 {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard let address = IPAddress(String(host)), digits.allSatisfy({ $0.isASCII && $0.isNumber }),
            let port = UInt16(digits), port > 0
        else { return nil }
        self.init(address: address, port: port)
    }

    public var description: String { "\(address.bracketed):\(port)" }

    /// Adds the port to a bare address; leaves everything else as it is.
    public static func appendPort(_ port: UInt16, to text: String) -> String {
        guard let address = IPAddress(text) else { return text }
        return HostPort(address: address, port: port).description
    }
}
