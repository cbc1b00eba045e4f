/// The name of the Node object that the proxy runs on.
public enum NodeName {
    /// Why a name cannot be used.
    public struct Invalid: Error, Hashable, Sendable, CustomStringConvertible {
        public var description: String
    }

    /// The override or, without one, the host's name: trimmed and in lower case, as upstream does.
    public static func make(override: String?, hostname: String) throws(Invalid) -> String {
        let name = trim(override ?? hostname).lowercased()
        guard !name.isEmpty else {
            throw Invalid(description: "the node name is empty; give one with hostnameOverride or --hostname-override")
        }
        let isValid = name.utf8.allSatisfy {
            ($0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z")) || ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9"))
                || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
        }
        guard isValid, name.utf8.count <= 253 else {
            throw Invalid(
                description: "\"\(name)\" cannot be the name of a Node: letters, digits, '-' and '.', at most 253")
        }
        return name
    }

    private static func trim(_ text: String) -> Substring {
        var rest = text[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return rest
    }
}
