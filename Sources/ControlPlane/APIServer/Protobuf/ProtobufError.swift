/// What is wrong with a protobuf body, and in which field.
struct ProtobufError: Error, Hashable, CustomStringConvertible {
    /// The field, from the outside inwards; empty for the message itself.
    private(set) var path: [String] = []
    let reason: String

    init(_ reason: String) { self.reason = reason }

    static let truncated = ProtobufError("unexpected EOF")

    static func wrong(_ found: ProtobufReader.WireType, _ expected: ProtobufReader.WireType) -> ProtobufError {
        ProtobufError("wrong wire type \(found.rawValue), \(expected.rawValue) expected")
    }

    func inside(_ field: String) -> ProtobufError {
        var error = self
        error.path.insert(field, at: 0)
        return error
    }

    var description: String {
        path.isEmpty ? "proto: \(reason)" : "proto: field \(path.joined(separator: ".")): \(reason)"
    }
}
