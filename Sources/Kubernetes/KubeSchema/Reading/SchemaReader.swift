public import JSONStream
import KubeAPI

/// Normalises a decoded body by its schema: orders fields, drops and records unknown ones, and leaves out empty ones
/// where upstream does. The first field of a wrong type gives an error like Go's.
public struct SchemaReader {
    public struct TypeError: Error {
        public var message: String
    }

    private enum PathElement {
        case field(String)
        case key(String)
        case index(Int)
    }

    /// Paths of unknown fields, in the order found; their number is limited.
    public private(set) var unknownFields: [String] = []
    /// Where the reader is; put into words only where something is wrong.
    private var path: [PathElement] = []

    /// Whether values of a wrong type stay as they are, and nulls too: custom objects leave it to validation to say
    /// what is wrong with them.
    private let isLenient: Bool

    public init(isLenient: Bool = false) { self.isLenient = isLenient }

    /// The members in the order of the schema, so that equal objects have equal bytes.
    ///
    /// - Parameter known: a value in this order: in an object made from it, only changed parts are examined.
    public static func ordered(_ value: JSONValue, _ schema: StructSchema, since known: JSONValue = .null) -> JSONValue
    {
        guard case .object(let members) = value, !isOrdered(members, schema, since: known) else { return value }
        var result = JSONValue.Object(minimumCapacity: members.count)
        for field in schema.fields {
            guard let member = members[field.name] else { continue }
            let isKnown = known[field.name]?.sharesStorage(with: member) == true
            result[field.name] = isKnown ? member : ordered(member, field.type)
        }
        for (name, member) in members where schema[name] == nil { result[name] = member }
        return .object(result)
    }

    private static func ordered(_ value: JSONValue, _ type: SchemaType) -> JSONValue {
        switch (value, type) {
        case (.object, .object(let schema)): ordered(value, schema)
        case (.object(let members), .map) where !isOrdered(value, type):
            .object(JSONValue.Object(members.sorted { $0.key < $1.key }))
        case (.array(let elements), .array(let element)) where !isOrdered(value, type):
            .array(elements.map { ordered($0, element) })
        case (.object, .either(_, let schema)): ordered(value, schema)
        case (.array(let elements), .either(.list, let schema)): .array(elements.map { ordered($0, schema) })
        default: value
        }
    }

    private static func isOrdered(
        _ members: JSONValue.Object, _ schema: StructSchema, since known: JSONValue = .null
    ) -> Bool {
        let view = schema.view
        var next = 0
        for (name, member) in members {
            guard let position = view.position(of: name, near: next), position >= next,
                known[name]?.sharesStorage(with: member) == true || isOrdered(member, view.fields[position].type)
            else { return false }
            next = position + 1
        }
        return true
    }

    private static func isOrdered(_ value: JSONValue, _ type: SchemaType) -> Bool {
        switch (value, type) {
        case (.object(let members), .object(let schema)): isOrdered(members, schema)
        case (.object(let members), .map): isSorted(members)
        case (.array(let elements), .array(let element)): elements.allSatisfy { isOrdered($0, element) }
        case (_, .either): false
        default: true
        }
    }

    private static func isSorted(_ members: JSONValue.Object) -> Bool {
        zip(members, members.dropFirst()).allSatisfy { $0.key < $1.key }
    }

    public mutating func read(_ value: JSONValue, as schema: StructSchema) throws(TypeError) -> JSONValue {
        guard case .object(let members) = value else {
            throw typeError(value, "Go value of type \(schema.goName)", "")
        }
        return try read(members, schema)
    }

    private mutating func read(_ members: JSONValue.Object, _ schema: StructSchema) throws(TypeError) -> JSONValue {
        // In the order of the document, so that its first mistake is told.
        let view = schema.view
        let fields = view.fields
        var values = [JSONValue?](repeating: nil, count: fields.count)
        var unknown: [JSONValue.Object.Element] = []
        var next = 0
        for (name, member) in members {
            path.append(.field(name))
            if let position = view.position(of: name, near: next) {
                values[position] = try read(member, fields[position], schema)
                next = position + 1
            } else if schema.keepsUnknown {
                unknown.append((name, member))
            } else if unknownFields.count < StrictFields.mostProblems {
                unknownFields.append(String(documentPath.prefix(StrictFields.longestProblem)))
            }
            path.removeLast()
        }
        var result = JSONValue.Object(minimumCapacity: members.count)
        for (field, value) in zip(fields, values) {
            if let value = value ?? Self.zero(field) { result[field.name] = value }
        }
        for (name, member) in unknown { result[name] = member }
        return .object(result)
    }

    private mutating func read(
        _ value: JSONValue, _ field: Field, _ schema: StructSchema
    ) throws(TypeError) -> JSONValue? {
        guard !value.isNull else { return isLenient ? .null : nil }
        let read = try self.read(value, type: field.type, struct: schema.name)
        if field.presence == .omitEmpty, isZero(read, field.type) { return nil }
        return read
    }

    private mutating func read(
        _ value: JSONValue, type: SchemaType, struct owner: String
    ) throws(TypeError) -> JSONValue {
        switch type {
        case .any:
            return value
        case .string:
            guard case .string = value else { throw typeError(value, "string", owner) }
        case .bytes:
            guard case .string(let text) = value else { throw typeError(value, "[]uint8", owner) }
            guard let bytes = Base64.decode(text) else { throw TypeError(message: "illegal base64 data") }
            return .string(Base64.encode(bytes))
        case .bool:
            guard case .bool = value else { throw typeError(value, "bool", owner) }
        case .int32:
            guard case .integer(let number) = value, Int32(exactly: number) != nil else {
                throw typeError(value, "int32", owner)
            }
        case .int64:
            guard case .integer = value else { throw typeError(value, "int64", owner) }
        case .double:
            switch value {
            case .integer, .double: break
            default: throw typeError(value, "float64", owner)
            }
        case .stringList:
            guard case .array(let elements) = value else { throw typeError(value, "[]string", owner) }
            return try array(elements, .string, owner)
        case .either(let alternative, let schema):
            return try read(value, alternative, schema, owner)
        case .intOrString:
            switch value {
            case .string: break
            case .integer(let number) where Int32(exactly: number) != nil: break
            default: throw typeError(value, "int32", owner)
            }
        case .quantity:
            return .string(try quantity(value).description)
        case .time:
            return try time(value, fraction: false)
        case .microTime:
            return try time(value, fraction: true)
        case .object(let schema):
            guard case .object(let members) = value else {
                if isLenient, schema.fullName.isEmpty { return value }
                throw typeError(value, schema.goName, owner)
            }
            return try read(members, schema)
        case .map(let element):
            guard case .object(let members) = value else {
                if isLenient { return value }
                throw typeError(value, "map[string]\(goName(element))", owner)
            }
            return try map(members, element, owner)
        case .array(let element):
            guard case .array(let elements) = value else {
                if isLenient { return value }
                throw typeError(value, "[]\(goName(element))", owner)
            }
            return try array(elements, element, owner)
        }
        return value
    }

    private mutating func read(
        _ value: JSONValue, _ alternative: SchemaType.Alternative, _ schema: StructSchema, _ owner: String
    ) throws(TypeError) -> JSONValue {
        switch (value, alternative) {
        case (.object(let members), _): try read(members, schema)
        case (.bool, .bool): value
        case (.array(let elements), .list): try array(elements, .object(schema), owner)
        case (.array(let elements), .strings): try array(elements, .string, owner)
        case (_, .bool): throw TypeError(message: "boolean or JSON schema expected")
        case (_, .list): throw TypeError(message: "array or JSON schema expected")
        case (_, .strings): throw TypeError(message: "array of strings or JSON schema expected")
        }
    }

    private mutating func map(
        _ members: JSONValue.Object, _ element: SchemaType, _ owner: String
    ) throws(TypeError) -> JSONValue {
        var result = JSONValue.Object(minimumCapacity: members.count)
        for name in members.keys.sorted() {
            guard let member = members[name] else { continue }
            path.append(.key(name))
            // A null element of a Go map is the zero value.
            if member.isNull {
                result[name] = isLenient ? .null : Self.zero(element) ?? ""
            } else if case .quantity = element {
                // A map of quantities is a ResourceList, which keeps thousandths (SetDefaults_ResourceList).
                result[name] = .string(try quantity(member).roundedUp(to: -3).description)
            } else {
                result[name] = try read(member, type: element, struct: owner)
            }
            path.removeLast()
        }
        return .object(result)
    }

    private mutating func array(
        _ elements: [JSONValue], _ element: SchemaType, _ owner: String
    ) throws(TypeError) -> JSONValue {
        var result: [JSONValue] = []
        result.reserveCapacity(elements.count)
        for (index, item) in elements.enumerated() {
            if isInForm(item, element) {
                result.append(item)
                continue
            }
            path.append(.index(index))
            let item = item.isNull && !isLenient ? Self.zero(element) ?? .null : item
            result.append(try read(item, type: element, struct: owner))
            path.removeLast()
        }
        return .array(result)
    }

    // MARK: What can stay as it is

    /// Whether reading would give the same value. Lists ask this of each item: most objects of a list come as a Go
    /// client writes them, and a new one need not be made of each.
    private func isInForm(_ value: JSONValue, _ type: SchemaType) -> Bool {
        switch (value, type) {
        case (.null, _): false
        case (_, .any), (.string, .string), (.double, .double), (.bool, .bool), (.integer, .int64),
            (.string, .intOrString):
            true
        case (.integer(let number), .int32), (.integer(let number), .intOrString): Int32(exactly: number) != nil
        case (.object(let members), .object(let schema)): isInForm(members, schema)
        case (.object(let members), .map(let element)):
            Self.isSorted(members) && members.allSatisfy { isInForm($0.value, element) }
        case (.array(let elements), .array(let element)): elements.allSatisfy { isInForm($0, element) }
        default: false
        }
    }

    private func isInForm(_ members: JSONValue.Object, _ schema: StructSchema) -> Bool {
        let view = schema.view
        let fields = view.fields
        func mayLack(_ positions: Range<Int>) -> Bool {
            fields[positions].allSatisfy { $0.presence == .omitEmpty || $0.presence == .pointer }
        }
        var next = 0
        for (name, member) in members {
            guard let position = view.position(of: name, near: next), position >= next, mayLack(next..<position)
            else { return false }
            let field = fields[position]
            guard isInForm(member, field.type), field.presence != .omitEmpty || !isZero(member, field.type) else {
                return false
            }
            next = position + 1
        }
        return mayLack(next..<fields.count)
    }

    // MARK: Paths

    /// `spec.ports[0].name`, as strict field validation tells it.
    private var documentPath: String {
        var text = ""
        for element in path {
            switch element {
            case .field(let name), .key(let name): text += text.isEmpty ? name : ".\(name)"
            case .index(let index): text += "[\(index)]"
            }
        }
        return text
    }

    /// `spec.ports.name`, as Go's JSON errors tell it.
    private var goPath: String {
        path.compactMap { if case .field(let name) = $0 { name } else { nil } }.joined(separator: ".")
    }

    // MARK: Values

    private func quantity(_ value: JSONValue) throws(TypeError) -> Quantity {
        let text: String
        switch value {
        case .integer(let number): text = String(number)
        case .double(let number): text = number.description
        case .string(let given): text = given.trimmingWhitespace()
        default: throw TypeError(message: Quantity.Problem.format.description)
        }
        do {
            return try Quantity(text)
        } catch {
            throw TypeError(message: error.description)
        }
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

    /// What a field is that its object does not have; nil if it stays away.
    private static func zero(_ field: Field) -> JSONValue? {
        switch field.presence {
        case .omitEmpty, .pointer: nil
        case .always: zero(field.type) ?? .null
        case .nullable: .null
        }
    }

    static func zero(_ type: SchemaType) -> JSONValue? {
        switch type {
        case .string, .bytes: ""
        case .bool: false
        case .int32, .int64, .intOrString, .double: 0
        case .quantity: "0"
        case .time, .microTime, .array, .map, .any, .stringList, .either: .null
        case .object(let schema):
            .object(JSONValue.Object(schema.fields.compactMap { field in zero(field).map { (field.name, $0) } }))
        }
    }

    private func isZero(_ value: JSONValue, _ type: SchemaType) -> Bool {
        switch value {
        case .null: true
        case .string(let text): text.isEmpty
        case .bool(let flag): !flag
        case .integer(let number): number == 0
        case .double(let number): number == 0
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
        case .double: "float64"
        case .stringList: "[]string"
        case .bytes: "[]uint8"
        case .quantity: "resource.Quantity"
        case .intOrString: "intstr.IntOrString"
        case .time: "v1.Time"
        case .microTime: "v1.MicroTime"
        case .object(let schema), .either(_, let schema): schema.goName
        case .map(let element): "map[string]\(goName(element))"
        case .array(let element): "[]\(goName(element))"
        }
    }

    private func typeError(
        _ found: JSONValue, _ wanted: String, _ owner: String
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
            message: "json: cannot unmarshal \(kind) into Go struct field \(owner).\(goPath) of type \(wanted)")
    }

    private func quoted(_ text: String) -> String {
        String(decoding: JSONValue.string(text).serialized(), as: UTF8.self)
    }
}

extension String {
    fileprivate func trimmingWhitespace() -> String {
        var text = self[...]
        while text.first?.isWhitespace == true { text = text.dropFirst() }
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return String(text)
    }
}

extension StructSchema {
    /// An object without any field set.
    public var zero: JSONValue {
        var reader = SchemaReader()
        return (try? reader.read([:], as: self)) ?? [:]
    }
}
