import NetworkAddress

/// Where a member of an etcd cluster listens for clients.
public struct EtcdEndpoint: Hashable, Sendable, CustomStringConvertible {
    public static let defaultPort = 2379

    public var isSecure: Bool
    /// An IP address, without brackets, or a name.
    public var host: String
    public var port: Int

    /// What is wrong with the text of an endpoint.
    public struct Invalid: Error, Hashable, Sendable, CustomStringConvertible {
        public var description: String
    }

    /// - Parameters:
    ///   - text: `https://host:2379`, where the scheme and the port may be missing.
    ///   - isSecure: what is meant where there is no scheme.
    public init(_ text: String, isSecure: Bool) throws(Invalid) {
        func invalid(_ why: String) -> Invalid {
            Invalid(description: "\"\(text)\" is not an address such as https://10.0.0.1:2379: \(why)")
        }
        var rest = text[...]
        self.isSecure = isSecure
        if let scheme = rest.firstRange(of: "://") {
            switch rest[..<scheme.lowerBound] {
            case "https": self.isSecure = true
            case "http": self.isSecure = false
            case let other: throw invalid("the scheme \"\(other)\" is neither http nor https")
            }
            rest = rest[scheme.upperBound...]
        }
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        var port = ""
        if rest.hasPrefix("[") {
            guard let end = rest.firstIndex(of: "]") else { throw invalid("a ] is missing") }
            host = String(rest[rest.index(after: rest.startIndex)..<end])
            rest = rest[rest.index(after: end)...]
            guard IPAddress(host)?.family == .ipv6 else { throw invalid("\"\(host)\" is not an IPv6 address") }
            guard rest.isEmpty || rest.hasPrefix(":") else { throw invalid("a : is missing before the port") }
            port = rest.isEmpty ? "" : String(rest.dropFirst())
            if !rest.isEmpty, port.isEmpty { throw invalid("the port is missing") }
        } else {
            let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count <= 2 else { throw invalid("an IPv6 address belongs in brackets") }
            host = String(parts.first ?? "")
            port = parts.count == 2 ? String(parts[1]) : ""
            if parts.count == 2, port.isEmpty { throw invalid("the port is missing") }
        }
        let isName = host.utf8.allSatisfy { byte in
            byte.isASCIILetterOrDigit || [UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_")].contains(byte)
        }
        guard !host.isEmpty, isName || IPAddress(host) != nil else { throw invalid("the host is missing or malformed") }
        guard port.isEmpty || port.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = port.isEmpty ? Self.defaultPort : Int(port), (1...65535).contains(number)
        else {
            throw invalid("the port is not a number from 1 to 65535")
        }
        self.port = number
    }

    public var description: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(isSecure ? "https" : "http")://\(name):\(port)"
    }
}

extension UInt8 {
    fileprivate var isASCIILetterOrDigit: Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
    }
}
