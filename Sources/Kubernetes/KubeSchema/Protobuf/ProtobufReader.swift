/// Splits a protobuf message into fields. Every read is checked against the end of the message.
struct ProtobufReader {
    /// How a field's value is laid out (protobuf encoding, "Message Structure").
    enum WireType: UInt64 {
        case varint = 0
        case fixed64 = 1
        case bytes = 2
        case startGroup = 3
        case endGroup = 4
        case fixed32 = 5
    }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func varint() throws(ProtobufError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 64, by: 7) {
            guard let byte = rest.popFirst() else { throw .truncated }
            // Bits above the 64th are dropped, as Go's decoders do.
            value |= UInt64(byte & 0x7F) << UInt64(shift)
            if byte < 0x80 { return value }
        }
        throw ProtobufError("integer overflow")
    }

    /// The number (1 and up) and layout of the next field.
    mutating func tag() throws(ProtobufError) -> (number: Int32, wireType: WireType) {
        let tag = try varint()
        guard let number = Int32(exactly: tag >> 3), number > 0 else {
            throw ProtobufError("illegal tag \(tag >> 3)")
        }
        guard let wireType = WireType(rawValue: tag & 7) else {
            throw ProtobufError("illegal wire type \(tag & 7) of field number \(number)")
        }
        return (number, wireType)
    }

    mutating func fixed64() throws(ProtobufError) -> UInt64 {
        guard rest.count >= 8 else { throw .truncated }
        let value = rest.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        rest = rest.dropFirst(8)
        return value
    }

    mutating func bytes() throws(ProtobufError) -> ArraySlice<UInt8> {
        let length = try varint()
        guard length <= UInt64(rest.count) else { throw .truncated }
        let bytes = rest.prefix(Int(length))
        rest = rest.dropFirst(Int(length))
        return bytes
    }

    /// Skips the value of an unknown field. Groups are counted, not recursed into: their depth is up to the client.
    mutating func skip(_ first: WireType) throws(ProtobufError) {
        var wireType = first
        var depth = 0
        while true {
            switch wireType {
            case .varint: _ = try varint()
            case .fixed64: try drop(8)
            case .fixed32: try drop(4)
            case .bytes: _ = try bytes()
            case .startGroup: depth += 1
            case .endGroup:
                guard depth > 0 else { throw ProtobufError("end of a group that did not start") }
                depth -= 1
            }
            if depth == 0 { return }
            wireType = try tag().wireType
        }
    }

    private mutating func drop(_ count: Int) throws(ProtobufError) {
        guard rest.count >= count else { throw .truncated }
        rest = rest.dropFirst(count)
    }
}
