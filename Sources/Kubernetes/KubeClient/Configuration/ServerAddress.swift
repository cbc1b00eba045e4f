import NIOCore

/// Where an API server listens, from a URL such as `https://10.0.0.1:6443`, `https://[::1]:6443` or
/// `https://host/prefix`.
public struct ServerAddress: Hashable, Sendable, CustomStringConvertible {
    public var isSecure: Bool
    /// A name or an address, an IPv6 one without its brackets.
    public var host: String
    public var port: UInt16
    /// What comes before `/api` and `/apis`: empty, or with a leading and without a trailing slash.
    public var prefix: String

    /// - Parameter isSecureByDefault: what a text without `http://` or `https://` means.
    /// - Throws: ``ConfigurationError`` at `place`.
    public init(_ text: String, isSecureByDefault: Bool = false, place: String) throws(ConfigurationError) {
        func fail(_ problem: String) -> ConfigurationError {
            ConfigurationError(place, "\"\(text)\" is no server URL: \(problem); write one like https://10.0.0.1:6443")
        }
        var rest = text[...]
        isSecure = isSecureByDefault
        if let separator = Self.firstRange(of: "://", in: rest) {
            switch rest[..<separator].lowercased() {
            case "https": isSecure = true
            case "http": isSecure = false
            case let scheme: throw fail("the scheme \"\(scheme)\" is neither http nor https")
            }
            rest = rest[rest.index(separator, offsetBy: 3)...]
        }
        if rest.contains(where: { $0 == "?" || $0 == "#" }) { throw fail("it has a query or a fragment") }
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        var path = rest[slash...]
        while path.last == "/" { path.removeLast() }
        guard path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw fail("its path holds white space or characters outside of ASCII")
        }
        prefix = String(path)
        let authority = rest[..<slash]
        if authority.contains("@") { throw fail("user names belong into the users section") }

        var portText: Substring?
        if authority.first == "[" {
            guard let close = authority.firstIndex(of: "]") else { throw fail("the bracket is not closed") }
            host = String(authority[authority.index(after: authority.startIndex)..<close])
            guard case .v6 = try? SocketAddress(ipAddress: host, port: 0) else {
                throw fail("no IPv6 address is in the brackets")
            }
            let behind = authority[authority.index(after: close)...]
            guard behind.isEmpty || behind.first == ":" else { throw fail("a port must follow the bracket") }
            portText = behind.isEmpty ? nil : behind.dropFirst()
        } else {
            let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count <= 2 else { throw fail("an IPv6 address needs brackets, as in [::1]") }
            host = String(parts.first ?? "")
            portText = parts.count == 2 ? parts[1] : nil
            guard !host.isEmpty else { throw fail("it names no host") }
            guard host.utf8.allSatisfy(Self.isNameByte) else { throw fail("\"\(host)\" is no host name") }
        }
        if let portText {
            guard let number = UInt16(portText), number > 0 else { throw fail("\"\(portText)\" is no port") }
            port = number
        } else {
            port = isSecure ? 443 : 80
        }
    }

    /// Several URLs, separated by commas; each one once.
    /// - Throws: ``ConfigurationError`` at `place`.
    static func list(
        _ text: String, isSecureByDefault: Bool = false, place: String
    ) throws(ConfigurationError) -> (first: ServerAddress, others: [ServerAddress]) {
        let texts = text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
        let first = try ServerAddress(texts.first ?? "", isSecureByDefault: isSecureByDefault, place: place)
        var others: [ServerAddress] = []
        for text in texts.dropFirst() {
            let server = try ServerAddress(text, isSecureByDefault: isSecureByDefault, place: place)
            if server != first, !others.contains(server) { others.append(server) }
        }
        return (first, others)
    }

    private static func firstRange(of needle: String, in text: Substring) -> Substring.Index? {
        text.indices.first { text[$0...].hasPrefix(needle) }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// `host:port`, with brackets around an IPv6 address.
    public var authority: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }
    public var description: String { (isSecure ? "https://" : "http://") + authority + prefix }
}
