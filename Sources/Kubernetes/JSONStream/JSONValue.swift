/// Any JSON value; objects keep the order of their members. For objects that are defaulted, patched or printed as a
/// whole; the hot paths use ``JSONReader``.
public enum JSONValue: Hashable, Sendable {
    public typealias Object = JSONObject

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

    /// Parses one whole document and reports whether an object in it has a duplicate member.
    public static func parse(_ bytes: some Collection<UInt8>) throws -> (value: JSONValue, hasRepeatedMembers: Bool) {
        var isRepeated = false
        let value = try JSONReader.read(bytes) { try $0.value(&isRepeated) }
        return (value, isRepeated)
    }

    public init(reading reader: inout JSONReader) throws {
        var isRepeated = false
        self = try reader.value(&isRepeated)
    }

    /// An object of texts, sorted by their names.
    public init(_ texts: [String: String]) {
        let members = texts.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value)) }
        self = .object(Object(members))
    }

    /// A member of an object; nil if it is missing or the value is not an object. Setting nil removes it; setting a
    /// member turns any other value into an object.
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
    /// Whether two lists or objects share memory, and therefore are equal; false says nothing. Takes constant time.
    public func sharesStorage(with other: JSONValue) -> Bool {
        switch (self, other) {
        case (.array(let one), .array(let other)):
            one.withUnsafeBufferPointer { one in
                other.withUnsafeBufferPointer { one.count == $0.count && one.baseAddress == $0.baseAddress }
            }
        case (.object(let one), .object(let other)): one.sharesStorage(with: other)
        default: false
        }
    }

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
        self = .object(Object(elements.map { ($0, $1) }))
    }
    public init(nilLiteral: ()) { self = .null }
}
