/// Why a text is not JSON, or not the JSON that the caller expects.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Reason: Hashable, Sendable {
        case unexpectedEnd
        case unexpectedByte(UInt8)
        case invalidEscape
        case invalidUTF8
        case invalidNumber
        case tooDeep
        case trailingBytes
        /// A value of another type than the field has.
        case typeMismatch(expected: String, found: String)
        case outOfRange(expected: String, found: String)
        case missingField(String)
    }

    public var reason: Reason
    /// Distance from the start of the text, in bytes.
    public var offset: Int
    /// The field that was being read, outermost first, such as `spec.ports[1].port`; empty at the top level.
    public var path: String

    public init(_ reason: Reason, offset: Int, path: String = "") {
        self.reason = reason
        self.offset = offset
        self.path = path
    }

    public var description: String {
        let what =
            switch reason {
            case .unexpectedEnd: "the text ends early"
            case .unexpectedByte(let byte):
                byte >= 0x20 && byte < 0x7F
                    ? "unexpected character '\(Character(Unicode.Scalar(byte)))'"
                    : "unexpected byte \(byte)"
            case .invalidEscape: "invalid escape in a string"
            case .invalidUTF8: "a string is not UTF-8"
            case .invalidNumber: "invalid number"
            case .tooDeep: "nested more than \(JSONReader.maximumDepth) levels"
            case .trailingBytes: "more text after the value"
            case .typeMismatch(let expected, let found): "expected \(expected), found \(found)"
            case .outOfRange(let expected, let found): "expected \(expected), found \(found)"
            case .missingField(let name): "required field \"\(name)\" is missing"
            }
        return path.isEmpty ? "\(what) (at byte \(offset))" : "\(path): \(what) (at byte \(offset))"
    }

    /// Bytes; whose document it is decides how long keys are and how deep they stand, and errors go to logs and Events.
    private static let maximumPath = 256

    /// The same error, seen from one level further out.
    func within(_ component: String) -> JSONError {
        guard path.utf8.count < Self.maximumPath else { return self }
        var copy = self
        let component = component.utf8.count <= 64 ? component : component.prefix(64) + "..."
        if path.isEmpty {
            copy.path = component
        } else if path.hasPrefix("[") {
            copy.path = component + path
        } else {
            copy.path = component + "." + path
        }
        return copy
    }
}
