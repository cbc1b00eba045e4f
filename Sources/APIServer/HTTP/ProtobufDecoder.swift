import JSONStream
import OrderedCollections

/// Reads bodies of `application/vnd.kubernetes.protobuf`, which kubectl and kube-proxy send: an envelope
/// (runtime.Unknown) around the message of the kind. The result is the JSON form of the same object.
enum ProtobufDecoder {
    static let mediaType = "application/vnd.kubernetes.protobuf"

    struct Failure: Error, CustomStringConvertible { var description: String }

    private static let magic: [UInt8] = [0x6B, 0x38, 0x73, 0x00]
    private static let maximumDepth = 64

    static func decode(_ bytes: [UInt8], as schema: StructSchema) throws -> JSONValue {
        guard bytes.starts(with: magic) else { throw Failure(description: "the body does not begin with \"k8s\\0\"") }
        var kind = ""
        var apiVersion = ""
        var raw: ArraySlice<UInt8> = []
        try message(bytes[magic.count...]) { number, value in
            switch (number, value) {
            case (1, .bytes(let type)):
                try message(type) { number, value in
                    if case .bytes(let text) = value {
                        if number == 1 { apiVersion = try string(text) }
                        if number == 2 { kind = try string(text) }
                    }
                }
            case (2, .bytes(let body)): raw = body
            default: break
            }
        }
        var object = try self.object(raw, schema, depth: 0)
        object["kind"] = .string(kind)
        object["apiVersion"] = .string(apiVersion)
        return object
    }

    // MARK: Wire format

    private enum Value {
        case number(UInt64)
        case bytes(ArraySlice<UInt8>)
    }

    private static func message(_ bytes: ArraySlice<UInt8>, _ body: (UInt64, Value) throws -> Void) throws {
        var rest = bytes
        while !rest.isEmpty {
            let tag = try varint(&rest)
            guard tag >> 3 > 0 else { throw Failure(description: "a field has the number 0") }
            switch tag & 7 {
            case 0: try body(tag >> 3, .number(try varint(&rest)))
            case 1: try skip(8, &rest)
            case 5: try skip(4, &rest)
            case 2:
                let count = try varint(&rest)
                guard count <= UInt64(rest.count) else { throw Failure(description: "a field is longer than the body") }
                try body(tag >> 3, .bytes(rest.prefix(Int(count))))
                rest = rest.dropFirst(Int(count))
            default: throw Failure(description: "unknown wire type \(tag & 7)")
            }
        }
    }

    private static func skip(_ count: Int, _ rest: inout ArraySlice<UInt8>) throws {
        guard rest.count >= count else { throw Failure(description: "the body ends early") }
        rest = rest.dropFirst(count)
    }

    private static func varint(_ rest: inout ArraySlice<UInt8>) throws -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard let byte = rest.popFirst() else { throw Failure(description: "the body ends early") }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw Failure(description: "a number is too long")
    }

    private static func string(_ bytes: ArraySlice<UInt8>) throws -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure(description: "a text is not UTF-8")
        }
        return text
    }

    // MARK: Values

    /// Core and events.k8s.io call different messages Event.
    private static func messageName(_ schema: StructSchema) -> String {
        guard schema.name == "Event" else { return schema.name }
        return schema["involvedObject"] == nil ? "GroupEvent" : "CoreEvent"
    }

    private static func object(_ bytes: ArraySlice<UInt8>, _ schema: StructSchema, depth: Int) throws -> JSONValue {
        guard depth < maximumDepth else { throw Failure(description: "nested too deep") }
        let names = ProtobufNumbers.fields(of: messageName(schema))
        var members: JSONValue.Object = [:]
        try message(bytes) { number, value in
            guard let name = names[number], let field = schema[name] else { return }
            switch field.type {
            case .array(let element):
                guard let item = try self.value(value, element, depth: depth) else { return }
                members[name] = .array((members[name]?.arrayValue ?? []) + [item])
            case .map(let element):
                guard case .bytes(let entry) = value else { return }
                var map = members[name]?.objectValue ?? [:]
                let (key, member) = try self.entry(entry, element, depth: depth)
                map[key] = member
                members[name] = .object(map)
            default:
                members[name] = try self.value(value, field.type, depth: depth)
            }
        }
        return .object(members)
    }

    private static func entry(
        _ bytes: ArraySlice<UInt8>, _ element: SchemaType, depth: Int
    ) throws -> (String, JSONValue) {
        var key = ""
        var member: JSONValue = ""
        try message(bytes) { number, value in
            if number == 1, case .bytes(let text) = value { key = try string(text) }
            if number == 2, let read = try self.value(value, element, depth: depth) { member = read }
        }
        return (key, member)
    }

    private static func value(_ value: Value, _ type: SchemaType, depth: Int) throws -> JSONValue? {
        switch (type, value) {
        case (.string, .bytes(let text)): return .string(try string(text))
        case (.bool, .number(let number)): return .bool(number != 0)
        case (.int32, .number(let number)): return .integer(Int64(Int32(truncatingIfNeeded: number)))
        case (.int64, .number(let number)): return .integer(Int64(bitPattern: number))
        case (.object(let schema), .bytes(let bytes)): return try object(bytes, schema, depth: depth + 1)
        case (.quantity, .bytes(let bytes)):
            var text = "0"
            try message(bytes) { number, value in
                if number == 1, case .bytes(let bytes) = value { text = try string(bytes) }
            }
            return .string(text)
        case (.intOrString, .bytes(let bytes)): return try intOrString(bytes)
        case (.time, .bytes(let bytes)), (.microTime, .bytes(let bytes)): return try time(bytes, type)
        case (.any, _), (.bytes, _): return nil
        default: throw Failure(description: "a field has the wrong wire type")
        }
    }

    private static func intOrString(_ bytes: ArraySlice<UInt8>) throws -> JSONValue {
        var isText = false
        var number: Int64 = 0
        var text = ""
        try message(bytes) { field, value in
            switch (field, value) {
            case (1, .number(let kind)): isText = kind == 1
            case (2, .number(let value)): number = Int64(Int32(truncatingIfNeeded: value))
            case (3, .bytes(let value)): text = try string(value)
            default: break
            }
        }
        return isText ? .string(text) : .integer(number)
    }

    /// An empty message is Go's zero time, which is no time.
    private static func time(_ bytes: ArraySlice<UInt8>, _ type: SchemaType) throws -> JSONValue? {
        guard !bytes.isEmpty else { return nil }
        var seconds: Int64 = 0
        var nanoseconds: Int64 = 0
        try message(bytes) { field, value in
            if case .number(let number) = value {
                if field == 1 { seconds = Int64(bitPattern: number) }
                if field == 2 { nanoseconds = Int64(Int32(truncatingIfNeeded: number)) }
            }
        }
        // The years that RFC 3339 has.
        guard (-62_135_596_800...253_402_300_799).contains(seconds), (0..<1_000_000_000).contains(nanoseconds) else {
            return nil
        }
        let timestamp = Timestamp(microseconds: seconds * 1_000_000 + nanoseconds / 1000)
        if case .microTime = type { return .string(timestamp.text(microseconds: true)) }
        return .string(timestamp.text())
    }

    /// The body of DELETE.
    static let deleteOptions = StructSchema(
        "DeleteOptions", "Options of a deletion.",
        [
            Field("gracePeriodSeconds", .int64, .pointer),
            Field(
                "preconditions",
                .object(
                    StructSchema(
                        "Preconditions", "What must hold.",
                        [Field("uid", .string, .pointer), Field("resourceVersion", .string, .pointer)])), .pointer),
            Field("propagationPolicy", .string, .pointer),
            Field("dryRun", .array(.string)),
        ])
}
