/// What is wrong with a protobuf body, and in which field.
public struct ProtobufError: Error, Hashable, CustomStringConvertible {
    /// The field, from the outside inwards; empty for the message itself.
    public private(set) var path: [String] = []
    public let reason: String

    public init(_ reason: String) { self.reason = reason }

    static let truncated = ProtobufError("unexpected EOF")

    static func wrong(_ found: ProtobufReader.WireType, _ expected: ProtobufReader.WireType) -> ProtobufError {
        ProtobufError("wrong wire type \(found.rawValue), \(expected.rawValue) expected")
    }

    func inside(_ field: String) -> ProtobufError {
        var error = self
        error.path.insert(field, at: 0)
        return error
    }

    public var description: String {
        path.isEmpty ? "proto: \(reason)" : "proto: field \(path.joined(separator: ".")): \(reason)"
    }
}
