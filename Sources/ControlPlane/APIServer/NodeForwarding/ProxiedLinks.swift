/// Links of what is shown through the API server, which lead there again (apimachinery's proxy Transport). Pure.
struct ProxiedLinks: Sendable {
    /// Bytes of a page that is looked through.
    static let longestPage = 16 << 20

    /// The path of the proxy, without a slash at its end.
    let prefix: String
    /// Whose links these are.
    let host: String

    /// A redirection's target.
    func location(_ text: String) -> String {
        for scheme in ["http://", "https://"] where text.hasPrefix(scheme + host) {
            let path = text.dropFirst(scheme.count + host.count)
            return prefix + (path.hasPrefix("/") ? path : "/" + path)
        }
        guard text.hasPrefix("/"), !text.hasPrefix("//"), !text.hasPrefix(prefix + "/") else { return text }
        return prefix + text
    }

    private static let attributes = [
        "href", "src", "action", "background", "cite", "longdesc", "data", "codebase", "formaction", "icon", "manifest",
        "poster", "usemap", "classid", "profile",
    ].map { Array($0.utf8) }

    /// A page whose links between quotes are rewritten.
    func page(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + 1024)
        var position = 0
        var isInTag = false
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "<") { isInTag = true }
            if byte == UInt8(ascii: ">") { isInTag = false }
            result.append(byte)
            position += 1
            guard isInTag, byte == UInt8(ascii: "="), position < bytes.count else { continue }
            let quote = bytes[position]
            guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'"), endsWithLink(result.dropLast()),
                let end = bytes[(position + 1)...].prefix(8192).firstIndex(of: quote)
            else { continue }
            result.append(quote)
            result += Array(location(String(decoding: bytes[(position + 1)..<end], as: UTF8.self)).utf8)
            position = end
        }
        return result
    }

    private func endsWithLink(_ bytes: ArraySlice<UInt8>) -> Bool {
        Self.attributes.contains { name in
            guard bytes.count > name.count else { return false }
            let tail = bytes.suffix(name.count).map { $0 | 0x20 }
            guard tail == name else { return false }
            let before = bytes[bytes.endIndex - name.count - 1]
            return [UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\t"), UInt8(ascii: "\r")].contains(before)
        }
    }
}
