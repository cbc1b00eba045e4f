/// A request to a small status server.
public struct HTTPQuestion: Hashable, Sendable {
    /// `GET`, `HEAD` and so on.
    public var method: String
    /// As received, without the query.
    public var path: String
    /// The part behind the question mark, not decoded; empty if there is none.
    public var query: String
    /// Whether it comes from this host, over a loopback address.
    public var isFromLoopback: Bool
    /// The Accept header; nil if there is none.
    public var accept: String?

    /// - Parameter uri: a request's target, in origin form.
    public init(
        uri: some StringProtocol, method: String = "GET", isFromLoopback: Bool = false, accept: String? = nil
    ) {
        self.method = method
        self.accept = accept
        let target = uri.prefix { $0 != "#" }
        let mark = target.firstIndex(of: "?") ?? target.endIndex
        path = String(target[..<mark])
        query = String(target[mark...].dropFirst())
        self.isFromLoopback = isFromLoopback
    }

    /// The last value of a parameter, decoded; nil if there is none, or if its encoding is invalid.
    public func value(of parameter: String) -> String? {
        guard let text = values(of: parameter).last else { return nil }
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16), rest.count >= 2
                else {
                    return nil
                }
                bytes.append(code)
                rest = rest.dropFirst(2)
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The values of a parameter; that of one without a value is empty.
    public func values(of parameter: String) -> [String] {
        query.split(separator: "&").compactMap { part in
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.first.map(String.init) == parameter else { return nil }
            return pair.count == 2 ? String(pair[1]) : ""
        }
    }
}
