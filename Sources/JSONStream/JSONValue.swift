public import OrderedCollections

/// Any JSON value, with the order of an object's members kept. For objects that are defaulted, patched or printed as a
/// whole; the hot paths use ``JSONReader``.
public enum JSONValue: Hashable, Sendable {
    public typealias Object = OrderedDictionary<String, JSONValue>

    case null
    case bool(Bool)
    case integer(Int64)
    /// A number with a fraction or an exponent, or beyond 64 bits.
    case double(Double)
    case string(String)
    case array([JSONValue])
    case object(Object)

    /// Parses one whole document. A member that appears twice has its last value, as in Go.
    public init(parsing bytes: some Collection<UInt8>) throws {
        self = try JSONReader.read(bytes) { try JSONValue(reading: &$0) }
    }

    /// Parses one whole document and tells whether some object in it has a member twice.
    public static func parse(_ bytes: some Collection<UInt8>) throws -> (value: JSONValue, hasRepeatedMembers: Bool) {
        var isRepeated = false
        let value = try JSONReader.read(bytes) { try JSONValue(reading: &$0, &isRepeated) }
        return (value, isRepeated)
    }

    public init(reading reader: inout JSONReader) throws {
        var isRepeated = false
        try self.init(reading: &reader, &isRepeated)
    }

    private init(reading reader: inout JSONReader, _ isRepeated: inout Bool) throws {
        switch try reader.peek() {
        case .null:
            _ = try reader.consumeNull()
            self = .null
        case .bool:
            self = .bool(try reader.bool())
        case .string:
            self = .string(try reader.string())
        case .number:
            let text = try reader.numberText()
            self = Int64(text).map(JSONValue.integer) ?? .double(Double(text) ?? .infinity)
        case .array:
            var elements: [JSONValue] = []
            try reader.array { elements.append(try JSONValue(reading: &$0, &isRepeated)) }
            self = .array(elements)
        case .object:
            // Most objects have a few members: room for them at once.
            var members = Object(minimumCapacity: 4)
            var count = 0
            try reader.object { key, reader in
                members[key.string] = try JSONValue(reading: &reader, &isRepeated)
                count += 1
            }
            if count != members.count { isRepeated = true }
            self = .object(members)
        }
    }

    /// An object of texts, sorted by their names.
    public init(_ texts: [String: String]) {
        let members = texts.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value)) }
        self = .object(Object(uniqueKeysWithValues: members))
    }

    /// A member of an object; nil for a missing one and for a value that is no object. Setting nil removes it; setting
    /// on a value that is no object makes it one.
    public subscript(name: String) -> JSONValue? {
        get {
            guard case .object(let members) = self else { return nil }
            return members[name]
        }
        set {
            var members: Object = [:]
            if case .object(let present) = self {
                members = present
                self = .null
            }
            members[name] = newValue
            self = .object(members)
        }
    }

    public var stringValue: String? { if case .string(let value) = self { value } else { nil } }
    public var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }
    public var integerValue: Int64? { if case .integer(let value) = self { value } else { nil } }
    public var arrayValue: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    public var objectValue: Object? { if case .object(let value) = self { value } else { nil } }
    public var isNull: Bool { if case .null = self { true } else { false } }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Object(elements, uniquingKeysWith: { $1 }))
    }
    public init(nilLiteral: ()) { self = .null }
}
