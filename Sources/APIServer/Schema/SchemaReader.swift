import JSONStream
import OrderedCollections

/// Brings a decoded body into the form of its schema: fields in order, unknown ones dropped and noted, empty ones left
/// out where upstream leaves them out, and a Go-like error for the first field of a wrong type.
struct SchemaReader {
    struct TypeError: Error {
        var message: String
    }

    /// Paths of unknown fields, in the order met.
    private(set) var unknownFields: [String] = []

    /// The members in the order of the schema, so that equal objects have equal bytes.
    static func ordered(_ value: JSONValue, _ schema: StructSchema) -> JSONValue {
        guard case .object(let members) = value else { return value }
        var result = JSONValue.Object(minimumCapacity: members.count)
        for field in schema.fields {
            if let member = members[field.name] { result[field.name] = ordered(member, field.type) }
        }
        for (name, member) in members where schema[name] == nil { result[name] = member }
        return .object(result)
    }

    private static func ordered(_ value: JSONValue, _ type: SchemaType) -> JSONValue {
        switch (value, type) {
        case (.object, .object(let schema)): ordered(value, schema)
        case (.object(let members), .map):
            .object(
                JSONValue.Object(
                    uniqueKeysWithValues: members.elements.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
        case (.array(let elements), .array(let element)): .array(elements.map { ordered($0, element) })
        default: value
        }
    }

    mutating func read(_ value: JSONValue, as schema: StructSchema) throws(TypeError) -> JSONValue {
        try read(value, schema, path: "", goPath: "")
    }

    private mutating func read(
        _ value: JSONValue, _ schema: StructSchema, path: String, goPath: String
    ) throws(TypeError) -> JSONValue {
        guard case .object(let members) = value else {
            throw typeError(value, "Go value of type v1.\(schema.name)", "", "")
        }
        var result: JSONValue.Object = [:]
        result.reserveCapacity(min(members.count, schema.fields.count))
        // In the order of the document, so that its first mistake is told.
        var values: [String: JSONValue] = [:]
        for (name, member) in members {
            if let field = schema[name] {
                values[name] = try read(member, field, schema, path: path, goPath: goPath)
            } else {
                unknownFields.append(path.isEmpty ? name : "\(path).\(name)")
            }
        }
        for field in schema.fields {
            if let value = values[field.name] {
                result[field.name] = value
            } else if members[field.name] == nil, field.presence == .always {
                result[field.name] = zero(field.type)
            }
        }
        return .object(result)
    }

    private mutating func read(
        _ value: JSONValue?, _ field: Field, _ schema: StructSchema, path: String, goPath: String
    ) throws(TypeError) -> JSONValue? {
        guard let value, !value.isNull else {
            return field.presence == .always ? zero(field.type) : nil
        }
        let read = try self.read(
            value, type: field.type, struct: schema.name, path: path.isEmpty ? field.name : "\(path).\(field.name)",
            goPath: goPath.isEmpty ? field.name : "\(goPath).\(field.name)")
        if field.presence == .omitEmpty, isZero(read, field.type) { return nil }
        return read
    }

    private mutating func read(
        _ value: JSONValue, type: SchemaType, struct owner: String, path: String, goPath: String
    ) throws(TypeError) -> JSONValue {
        switch type {
        case .any:
            return value
        case .string:
            guard case .string = value else { throw typeError(value, "string", owner, goPath) }
        case .bytes:
            guard case .string(let text) = value else { throw typeError(value, "[]uint8", owner, goPath) }
            guard let bytes = Base64.decode(text) else { throw TypeError(message: "illegal base64 data") }
            return .string(Base64.encode(bytes))
        case .bool:
            guard case .bool = value else { throw typeError(value, "bool", owner, goPath) }
        case .int32:
            guard case .integer(let number) = value, Int32(exactly: number) != nil else {
                throw typeError(value, "int32", owner, goPath)
            }
        case .int64:
            guard case .integer = value else { throw typeError(value, "int64", owner, goPath) }
        case .intOrString:
            switch value {
            case .string: break
            case .integer(let number) where Int32(exactly: number) != nil: break
            default: throw typeError(value, "int32", owner, goPath)
            }
        case .quantity:
            return try quantity(value)
        case .time:
            return try time(value, fraction: false)
        case .microTime:
            return try time(value, fraction: true)
        case .object(let schema):
            guard case .object = value else { throw typeError(value, "v1.\(schema.name)", owner, goPath) }
            return try read(value, schema, path: path, goPath: goPath)
        case .map(let element):
            guard case .object(let members) = value else {
                throw typeError(value, "map[string]\(goName(element))", owner, goPath)
            }
            var result: JSONValue.Object = [:]
            for name in members.keys.sorted() {
                guard let member = members[name] else { continue }
                // A null element of a Go map is the zero value.
                result[name] =
                    member.isNull
                    ? zero(element) ?? ""
                    : try read(member, type: element, struct: owner, path: "\(path).\(name)", goPath: goPath)
            }
            return .object(result)
        case .array(let element):
            guard case .array(let elements) = value else {
                throw typeError(value, "[]\(goName(element))", owner, goPath)
            }
            var result: [JSONValue] = []
            result.reserveCapacity(elements.count)
            for (index, item) in elements.enumerated() {
                let item = item.isNull ? zero(element) ?? .null : item
                result.append(
                    try read(item, type: element, struct: owner, path: "\(path)[\(index)]", goPath: goPath))
            }
            return .array(result)
        }
        return value
    }

    private func quantity(_ value: JSONValue) throws(TypeError) -> JSONValue {
        switch value {
        case .integer(let number):
            if let text = Quantity.canonical(String(number)) { return .string(text) }
        case .double(let number):
            if let text = Quantity.canonical(number.description) { return .string(text) }
        case .string(let text):
            if let text = Quantity.canonical(text) { return .string(text) }
        default: break
        }
        throw TypeError(
            message: "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
    }

    private func time(_ value: JSONValue, fraction: Bool) throws(TypeError) -> JSONValue {
        guard case .string(let text) = value else { throw TypeError(message: "a time must be a string") }
        guard let timestamp = Timestamp(text) else {
            throw TypeError(
                message: "parsing time \(quoted(text)) as \"2006-01-02T15:04:05Z07:00\": cannot parse \(quoted(text)) "
                    + "as \"2006\"")
        }
        return .string(timestamp.text(microseconds: fraction))
    }

    private func zero(_ type: SchemaType) -> JSONValue? {
        switch type {
        case .string, .bytes: ""
        case .bool: false
        case .int32, .int64, .intOrString: 0
        case .quantity: "0"
        case .time, .microTime, .array, .map, .any: .null
        case .object(let schema):
            .object(
                JSONValue.Object(
                    schema.fields.filter { $0.presence == .always }.map { ($0.name, zero($0.type) ?? .null) },
                    uniquingKeysWith: { $1 }))
        }
    }

    private func isZero(_ value: JSONValue, _ type: SchemaType) -> Bool {
        switch value {
        case .null: true
        case .string(let text): text.isEmpty
        case .bool(let flag): !flag
        case .integer(let number): number == 0
        case .double: false
        case .array(let elements): elements.isEmpty
        // A pointer to a struct stays, though empty; an empty map goes.
        case .object(let members): if case .map = type { members.isEmpty } else { false }
        }
    }

    private func goName(_ type: SchemaType) -> String {
        switch type {
        case .string, .any: "string"
        case .bool: "bool"
        case .int32: "int32"
        case .int64: "int64"
        case .bytes: "[]uint8"
        case .quantity: "resource.Quantity"
        case .intOrString: "intstr.IntOrString"
        case .time: "v1.Time"
        case .microTime: "v1.MicroTime"
        case .object(let schema): "v1.\(schema.name)"
        case .map(let element): "map[string]\(goName(element))"
        case .array(let element): "[]\(goName(element))"
        }
    }

    private func typeError(
        _ found: JSONValue, _ wanted: String, _ owner: String, _ path: String
    ) -> TypeError {
        let kind =
            switch found {
            case .null: "null"
            case .bool: "bool"
            case .integer(let number): wanted.hasPrefix("int") ? "number \(number)" : "number"
            case .double(let number): wanted.hasPrefix("int") ? "number \(number)" : "number"
            case .string: "string"
            case .array: "array"
            case .object: "object"
            }
        if owner.isEmpty { return TypeError(message: "json: cannot unmarshal \(kind) into \(wanted)") }
        return TypeError(
            message: "json: cannot unmarshal \(kind) into Go struct field \(owner).\(path) of type \(wanted)")
    }

    private func quoted(_ text: String) -> String {
        String(decoding: JSONValue.string(text).serialized(), as: UTF8.self)
    }
}

extension StructSchema {
    /// An object of which nothing is set.
    var zero: JSONValue {
        var reader = SchemaReader()
        return (try? reader.read([:], as: self)) ?? [:]
    }
}
