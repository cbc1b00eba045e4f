public import JSONStream
import KubeAPI

/// Encodes an object's JSON tree as its protobuf message, by the same tables as ``ProtobufMessageDecoder``. Fields are
/// in the order of their numbers. Null and absent fields are left out, as are values of a wrong type: upstream would
/// reject such objects.
public enum ProtobufMessageEncoder {
    public static func encode(_ object: JSONValue, as message: ProtobufMessage) -> [UInt8] {
        var output: [UInt8] = []
        encode(object, message, to: &output)
        return output
    }

    private static func encode(_ object: JSONValue, _ message: ProtobufMessage, to output: inout [UInt8]) {
        guard case .object(let members) = object else { return }
        for field in message.fields {
            if field.isInlined, case .object(let schema) = field.type {
                write(encode(object, as: schema.message), field.number, to: &output)
                continue
            }
            guard let value = members[field.name], !value.isNull else { continue }
            switch (field.type, value) {
            case (.array(let type), .array(let elements)):
                for element in elements { write(element, field.number, type, to: &output) }
            case (.map(let type), .object(let members)):
                for key in members.keys.sorted() {
                    guard let value = members[key] else { continue }
                    var entry: [UInt8] = []
                    write(.string(key), 1, .string, to: &entry)
                    write(value, 2, type, to: &entry)
                    write(entry, field.number, to: &output)
                }
            default:
                write(value, field.number, field.type, to: &output)
            }
        }
    }

    private static func write(_ value: JSONValue, _ number: Int32, _ type: SchemaType, to output: inout [UInt8]) {
        switch (type, value) {
        case (.string, .string(let text)):
            write(Array(text.utf8), number, to: &output)
        case (.bool, .bool(let flag)):
            write(flag ? 1 : 0, number, to: &output)
        case (.int32, .integer(let integer)), (.int64, .integer(let integer)):
            write(UInt64(bitPattern: integer), number, to: &output)
        case (.quantity, .string(let text)):
            var inner: [UInt8] = []
            write(Array(text.utf8), 1, to: &inner)
            write(inner, number, to: &output)
        case (.intOrString, _):
            guard let parts = intOrString(value) else { return }
            write(encode(parts, as: .intOrString), number, to: &output)
        case (.time, .string(let text)), (.microTime, .string(let text)):
            guard let time = Timestamp(text) else { return }
            var nanoseconds: Int64 = 0
            if case .microTime = type { nanoseconds = (time.microseconds - time.seconds * 1_000_000) * 1000 }
            let parts: JSONValue = ["seconds": .integer(time.seconds), "nanos": .integer(nanoseconds)]
            write(encode(parts, as: .timestamp), number, to: &output)
        case (.any, _):
            var inner: [UInt8] = []
            write(value.serialized(), 1, to: &inner)
            write(inner, number, to: &output)
        case (.stringList, .array):
            write(encode(["items": value], as: .stringList), number, to: &output)
        case (.bytes, .string(let text)):
            write(Base64.decode(text) ?? [], number, to: &output)
        case (.object(let schema), .object):
            write(encode(value, as: schema.message), number, to: &output)
        case (.double, .double(let double)):
            writeDouble(double, number, to: &output)
        case (.double, .integer(let integer)):
            writeDouble(Double(integer), number, to: &output)
        case (.either(let alternative, let schema), _):
            write(encode(parts(value, alternative), as: .either(alternative, schema)), number, to: &output)
        default:
            return
        }
    }

    /// An object allows by being there (JSONSchemaPropsOrBool).
    private static func parts(_ value: JSONValue, _ alternative: SchemaType.Alternative) -> JSONValue {
        switch (value, alternative) {
        case (.object, .bool): ["other": true, "schema": value]
        case (.object, _): ["schema": value]
        default: ["other": value]
        }
    }

    private static func writeDouble(_ value: Double, _ number: Int32, to output: inout [UInt8]) {
        varint(UInt64(number) << 3 | ProtobufReader.WireType.fixed64.rawValue, to: &output)
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            output.append(UInt8(truncatingIfNeeded: value.bitPattern >> shift))
        }
    }

    private static func intOrString(_ value: JSONValue) -> JSONValue? {
        switch value {
        case .integer: ["type": 0, "intVal": value, "strVal": ""]
        case .string: ["type": 1, "intVal": 0, "strVal": value]
        default: nil
        }
    }

    /// A field of wire type 2.
    static func write(_ bytes: [UInt8], _ number: Int32, to output: inout [UInt8]) {
        varint(UInt64(number) << 3 | ProtobufReader.WireType.bytes.rawValue, to: &output)
        varint(UInt64(bytes.count), to: &output)
        output += bytes
    }

    private static func write(_ value: UInt64, _ number: Int32, to output: inout [UInt8]) {
        varint(UInt64(number) << 3 | ProtobufReader.WireType.varint.rawValue, to: &output)
        varint(value, to: &output)
    }

    private static func varint(_ value: UInt64, to output: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            output.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        output.append(UInt8(rest))
    }
}
