public import JSONStream
import KubeAPI

/// Decodes a protobuf message into the tree that the same object's JSON would give. Unknown fields are skipped, as
/// upstream does; absent fields stay absent.
public enum ProtobufMessageDecoder {
    public static func decode(
        _ bytes: ArraySlice<UInt8>, as message: ProtobufMessage
    ) throws(ProtobufError) -> JSONValue.Object {
        var object: JSONValue.Object = [:]
        try decode(bytes, message, into: &object)
        return object
    }

    private static func decode(
        _ bytes: ArraySlice<UInt8>, _ message: ProtobufMessage, into object: inout JSONValue.Object
    ) throws(ProtobufError) {
        var reader = ProtobufReader(bytes)
        while !reader.isAtEnd {
            let (number, wireType) = try reader.tag()
            guard let field = message[number] else {
                try reader.skip(wireType)
                continue
            }
            do throws(ProtobufError) {
                guard wireType == field.type.wireType else {
                    throw ProtobufError.wrong(wireType, field.type.wireType)
                }
                try read(&reader, field, into: &object)
            } catch {
                throw error.inside(field.name)
            }
        }
    }

    private static func read(
        _ reader: inout ProtobufReader, _ field: ProtobufField, into object: inout JSONValue.Object
    ) throws(ProtobufError) {
        switch field.type {
        case .object(let schema) where field.isInlined:
            try decode(try reader.bytes(), schema.message, into: &object)
        case .array(let element):
            var elements = object[field.name]?.arrayValue ?? []
            // Only one reference may be left, or each element copied all before it.
            object[field.name] = .null
            elements.append(try value(&reader, element))
            object[field.name] = .array(elements)
        case .map(let element):
            var members = object[field.name]?.objectValue ?? [:]
            object[field.name] = .null
            let (key, value) = try entry(try reader.bytes(), element)
            members[key] = value
            object[field.name] = .object(members)
        case .object(let schema):
            // A message that comes in several parts is their union.
            var members = object[field.name]?.objectValue ?? [:]
            // As above: each part would copy all that came before it.
            object[field.name] = .null
            try decode(try reader.bytes(), schema.message, into: &members)
            object[field.name] = .object(members)
        default:
            object[field.name] = try value(&reader, field.type)
        }
    }

    private static func value(
        _ reader: inout ProtobufReader, _ type: SchemaType
    ) throws(ProtobufError) -> JSONValue {
        switch type {
        case .string: .string(String(decoding: try reader.bytes(), as: UTF8.self))
        case .bool: .bool(try reader.varint() != 0)
        case .int32: .integer(Int64(Int32(truncatingIfNeeded: try reader.varint())))
        case .int64: .integer(Int64(bitPattern: try reader.varint()))
        case .quantity: .string(try wrapped(try reader.bytes()).map { String(decoding: $0, as: UTF8.self) } ?? "0")
        case .intOrString: try intOrString(try reader.bytes())
        case .time: try time(try reader.bytes(), fraction: false)
        case .microTime: try time(try reader.bytes(), fraction: true)
        case .double: .double(Double(bitPattern: try reader.fixed64()))
        case .any: try rawJSON(try reader.bytes())
        case .object(let schema): .object(try decode(try reader.bytes(), as: schema.message))
        case .either(let alternative, let schema): try either(try reader.bytes(), alternative, schema)
        case .stringList: try decode(try reader.bytes(), as: .stringList)["items"] ?? []
        case .bytes: .string(Base64.encode(try reader.bytes()))
        // No type has lists of lists.
        case .map, .array: throw ProtobufError("a list in a list")
        }
    }

    /// A map is a list of messages of key (1) and value (2).
    private static func entry(
        _ bytes: ArraySlice<UInt8>, _ type: SchemaType
    ) throws(ProtobufError) -> (String, JSONValue) {
        var reader = ProtobufReader(bytes)
        var key = ""
        var value: JSONValue?
        while !reader.isAtEnd {
            let (number, wireType) = try reader.tag()
            switch (number, wireType) {
            case (1, .bytes): key = String(decoding: try reader.bytes(), as: UTF8.self)
            case (2, type.wireType): value = try self.value(&reader, type)
            case (1, _), (2, _): throw ProtobufError("wrong wire type \(wireType.rawValue) in a map")
            default: try reader.skip(wireType)
            }
        }
        return (key, value ?? SchemaReader.zero(type) ?? "")
    }

    private static func either(
        _ bytes: ArraySlice<UInt8>, _ alternative: SchemaType.Alternative, _ schema: StructSchema
    ) throws(ProtobufError) -> JSONValue {
        let parts = try decode(bytes, as: .either(alternative, schema))
        if let object = parts["schema"] { return object }
        switch alternative {
        case .bool: return parts["other"] ?? false
        case .list, .strings: return parts["other"] ?? []
        }
    }

    /// The bytes of field 1; nil if it is absent.
    private static func wrapped(_ bytes: ArraySlice<UInt8>) throws(ProtobufError) -> ArraySlice<UInt8>? {
        var reader = ProtobufReader(bytes)
        var found: ArraySlice<UInt8>?
        while !reader.isAtEnd {
            let (number, wireType) = try reader.tag()
            if number == 1 {
                guard wireType == .bytes else { throw ProtobufError.wrong(wireType, .bytes) }
                found = try reader.bytes()
            } else {
                try reader.skip(wireType)
            }
        }
        return found
    }

    private static func intOrString(_ bytes: ArraySlice<UInt8>) throws(ProtobufError) -> JSONValue {
        let object = try decode(bytes, as: .intOrString)
        switch object["type"]?.integerValue ?? 0 {
        case 0: return object["intVal"] ?? 0
        case 1: return object["strVal"] ?? ""
        case let type: throw ProtobufError("an IntOrString of type \(type), which is neither 0 nor 1")
        }
    }

    /// Null for the zero time, which Go writes as an empty message.
    private static func time(_ bytes: ArraySlice<UInt8>, fraction: Bool) throws(ProtobufError) -> JSONValue {
        guard !bytes.isEmpty else { return .null }
        let object = try decode(bytes, as: .timestamp)
        let seconds = object["seconds"]?.integerValue ?? 0
        let nanoseconds = object["nanos"]?.integerValue ?? 0
        // The years 1 to 9999, which is what RFC 3339 can write.
        guard (-62_135_596_800...253_402_300_799).contains(seconds), (0..<1_000_000_000).contains(nanoseconds) else {
            throw ProtobufError("time out of range: \(seconds) seconds and \(nanoseconds) nanoseconds since 1970")
        }
        let timestamp = Timestamp(microseconds: seconds * 1_000_000 + (fraction ? nanoseconds / 1000 : 0))
        return .string(timestamp.text(microseconds: fraction))
    }

    private static func rawJSON(_ bytes: ArraySlice<UInt8>) throws(ProtobufError) -> JSONValue {
        guard let text = try wrapped(bytes), !text.isEmpty else { return .null }
        do {
            return try JSONValue(parsing: text)
        } catch {
            throw ProtobufError("not JSON: \(error)")
        }
    }
}

extension SchemaType {
    var wireType: ProtobufReader.WireType {
        switch self {
        case .bool, .int32, .int64: .varint
        case .double: .fixed64
        case .string, .quantity, .intOrString, .time, .microTime, .any, .object, .map, .bytes, .stringList, .either:
            .bytes
        case .array(let element): element.wireType
        }
    }
}
