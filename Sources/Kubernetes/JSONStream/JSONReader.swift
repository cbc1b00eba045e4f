/// Reads JSON (RFC 8259) straight from bytes, value by value, so that a caller keeps what it needs and skips the rest.
///
/// The reader is made for the hot path of list and watch: nothing is allocated but the strings that the caller asks
/// for. Every read throws ``JSONError`` and leaves no partial state that a caller could mistake for a value.
/// A field that is `null` reads as absent in the `…IfPresent` methods, as the Kubernetes API treats it.
public struct JSONReader: ~Copyable {
    /// Deeper nesting is an error, as in Go's encoding/json (there 10,000; the API needs about 30).
    public static let maximumDepth = 512

    let bytes: UnsafeRawBufferPointer
    var position = 0
    var depth = 0

    private init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// Reads one whole document. `body` must consume exactly one value.
    public static func read<Result>(
        _ bytes: UnsafeRawBufferPointer, _ body: (inout JSONReader) throws -> Result
    ) throws -> Result {
        var reader = JSONReader(bytes)
        let result = try body(&reader)
        reader.skipWhitespace()
        guard reader.position == bytes.count else {
            throw JSONError(.trailingBytes, offset: reader.position)
        }
        return result
    }

    public static func read<Result>(
        _ bytes: some Collection<UInt8>, _ body: (inout JSONReader) throws -> Result
    ) throws -> Result {
        let fast = try bytes.withContiguousStorageIfAvailable { try read(UnsafeRawBufferPointer($0), body) }
        if let fast { return fast }
        return try Array(bytes).withUnsafeBytes { try read($0, body) }
    }

    private struct Stop: Error {}

    /// Reads one member of a document, which is an object itself (or null, or missing), and stops behind it, without
    /// checking the rest.
    public static func read(
        member name: StaticString, of bytes: some Collection<UInt8>,
        _ body: (JSONKey, inout JSONReader) throws -> Void
    ) throws {
        do {
            try read(bytes) { reader in
                try reader.object { key, reader in
                    guard name ~= key else { return try reader.skip() }
                    try reader.objectIfPresent(body)
                    throw Stop()
                }
            }
        } catch is Stop {}
    }

    public enum Kind: String, Sendable {
        case object = "an object"
        case array = "an array"
        case string = "a string"
        case number = "a number"
        case bool = "a boolean"
        case null = "null"
    }

    /// The kind of the next value, which is not consumed.
    public mutating func peek() throws(JSONError) -> Kind {
        skipWhitespace()
        guard position < bytes.count else { throw error(.unexpectedEnd) }
        switch bytes[position] {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        case let byte: throw error(.unexpectedByte(byte))
        }
    }

    // MARK: Containers

    /// Reads an object; `member` must consume exactly one value for each key (with ``skip()`` for those it does not
    /// need).
    public mutating func object(_ member: (JSONKey, inout JSONReader) throws -> Void) throws {
        try enter(expecting: .object)
        defer { depth -= 1 }
        if consume(UInt8(ascii: "}")) { return }
        repeat {
            skipWhitespace()
            let start = position
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                throw error(position < bytes.count ? .unexpectedByte(bytes[position]) : .unexpectedEnd)
            }
            if let plain = try plainStringBytes() {
                try self.member(named: JSONKey(bytes: plain), member)
            } else {
                position = start
                let decoded = Array(try string().utf8)
                try decoded.withUnsafeBytes { try self.member(named: JSONKey(bytes: $0), member) }
            }
        } while consume(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"))
    }

    private mutating func member(named key: JSONKey, _ body: (JSONKey, inout JSONReader) throws -> Void) throws {
        try expect(UInt8(ascii: ":"))
        do {
            try body(key, &self)
        } catch let error as JSONError {
            throw error.within(key.string)
        }
    }

    /// Reads an array; `element` must consume exactly one value in each call.
    public mutating func array(_ element: (inout JSONReader) throws -> Void) throws {
        try enter(expecting: .array)
        defer { depth -= 1 }
        if consume(UInt8(ascii: "]")) { return }
        var index = 0
        repeat {
            do {
                try element(&self)
            } catch let error as JSONError {
                throw error.within("[\(index)]")
            }
            index += 1
        } while consume(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"))
    }

    private mutating func enter(expecting expected: Kind) throws {
        let found = try peek()
        guard found == expected else { throw mismatch(expected.rawValue, found) }
        try open()
    }

    /// Goes past the bracket at `position` into the container; the caller leaves it by `depth`.
    mutating func open() throws(JSONError) {
        guard depth < Self.maximumDepth else { throw error(.tooDeep) }
        depth += 1
        position += 1
    }

    // MARK: Scalars

    public mutating func string() throws -> String {
        let found = try peek()
        guard found == .string else { throw mismatch("a string", found) }
        return try text()
    }

    public mutating func bool() throws -> Bool {
        let found = try peek()
        guard found == .bool else { throw mismatch("a boolean", found) }
        if bytes[position] == UInt8(ascii: "t") {
            try literal("true")
            return true
        }
        try literal("false")
        return false
    }

    /// Reads an integer. A number with a fraction or an exponent, or one that does not fit, is an error.
    public mutating func integer<Integer: FixedWidthInteger>(_ type: Integer.Type = Integer.self) throws -> Integer {
        let found = try peek()
        guard found == .number else { throw mismatch("an integer", found) }
        let start = position
        let text = try numberText()
        guard let value = Integer(text) else {
            throw JSONError(
                .outOfRange(expected: "an integer of \(Integer.bitWidth) bits", found: String(text.prefix(40))),
                offset: start)
        }
        return value
    }

    /// The text of a number, checked against the grammar but not converted.
    public mutating func numberText() throws(JSONError) -> String {
        let found = try peek()
        guard found == .number else { throw mismatch("a number", found) }
        let start = position
        try skipNumber()
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// Consumes `null` if it comes next.
    public mutating func consumeNull() throws -> Bool {
        guard try peek() == .null else { return false }
        try literal("null")
        return true
    }

    // MARK: Values that may be null

    public mutating func stringIfPresent() throws -> String? { try consumeNull() ? nil : string() }
    public mutating func boolIfPresent() throws -> Bool? { try consumeNull() ? nil : bool() }
    public mutating func integerIfPresent<Integer: FixedWidthInteger>(
        _ type: Integer.Type = Integer.self
    ) throws -> Integer? { try consumeNull() ? nil : integer() }

    /// Like ``object(_:)``, but reads `null` as an object without members.
    public mutating func objectIfPresent(_ member: (JSONKey, inout JSONReader) throws -> Void) throws {
        if try !consumeNull() { try object(member) }
    }

    /// Like ``array(_:)``, but reads `null` as an empty array.
    public mutating func arrayIfPresent(_ element: (inout JSONReader) throws -> Void) throws {
        if try !consumeNull() { try array(element) }
    }

    public mutating func stringsIfPresent() throws -> [String] {
        var strings: [String] = []
        try arrayIfPresent { strings.append(try $0.string()) }
        return strings
    }

    public mutating func stringMapIfPresent() throws -> [String: String] {
        var map: [String: String] = [:]
        try objectIfPresent { key, reader in map[key.string] = try reader.stringIfPresent() ?? "" }
        return map
    }

    // MARK: Skipping

    /// Consumes one value of any kind, checking that it is well-formed.
    public mutating func skip() throws {
        switch try peek() {
        case .object: try object { _, reader in try reader.skip() }
        case .array: try array { reader in try reader.skip() }
        case .string: try skipString()
        case .number: try skipNumber()
        case .bool: _ = try bool()
        case .null: try literal("null")
        }
    }

    /// Consumes one value and returns the bytes it was written with.
    public mutating func raw() throws -> [UInt8] {
        skipWhitespace()
        let start = position
        try skip()
        return Array(bytes[start..<position])
    }

    // MARK: Bytes

    mutating func skipWhitespace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    mutating func consume(_ byte: UInt8) -> Bool {
        skipWhitespace()
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard consume(byte) else {
            throw error(position < bytes.count ? .unexpectedByte(bytes[position]) : .unexpectedEnd)
        }
    }

    mutating func literal(_ text: StaticString) throws(JSONError) {
        for index in 0..<text.utf8CodeUnitCount {
            guard position < bytes.count else { throw error(.unexpectedEnd) }
            guard bytes[position] == text.utf8Start[index] else { throw error(.unexpectedByte(bytes[position])) }
            position += 1
        }
    }

    func error(_ reason: JSONError.Reason) -> JSONError { JSONError(reason, offset: position) }

    private func mismatch(_ expected: String, _ found: Kind) -> JSONError {
        error(.typeMismatch(expected: expected, found: found.rawValue))
    }

    /// The bytes of the string at `position` if it holds no escape, after which `position` is behind it; nil if it
    /// holds one, with `position` somewhere inside.
    private mutating func plainStringBytes() throws -> UnsafeRawBufferPointer? {
        position += 1
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                position += 1
                return UnsafeRawBufferPointer(rebasing: bytes[start..<position - 1])
            }
            if byte == UInt8(ascii: "\\") { return nil }
            guard byte >= 0x20 else { throw error(.unexpectedByte(byte)) }
            position += 1
        }
        throw error(.unexpectedEnd)
    }

    private mutating func skipString() throws {
        let start = position
        if try plainStringBytes() == nil {
            position = start
            _ = try escapedString()
        }
    }

    mutating func skipNumber() throws(JSONError) {
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        let leading = position
        guard skipDigits() else { throw error(.invalidNumber) }
        if bytes[leading] == UInt8(ascii: "0"), position > leading + 1 { throw error(.invalidNumber) }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            guard skipDigits() else { throw error(.invalidNumber) }
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position += 1
            }
            guard skipDigits() else { throw error(.invalidNumber) }
        }
    }

    private mutating func skipDigits() -> Bool {
        let start = position
        while position < bytes.count, bytes[position] >= 0x30, bytes[position] <= 0x39 { position += 1 }
        return position > start
    }
}

extension JSONReader {
    mutating func escapedString() throws(JSONError) -> String {
        let start = position
        position += 1
        var buffer: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                guard let text = String(validating: buffer, as: UTF8.self) else {
                    throw JSONError(.invalidUTF8, offset: start)
                }
                return text
            case UInt8(ascii: "\\"):
                position += 1
                try unescape(into: &buffer)
            case 0..<0x20:
                throw error(.unexpectedByte(byte))
            default:
                buffer.append(byte)
                position += 1
            }
        }
        throw error(.unexpectedEnd)
    }

    /// `position` is at the character after a backslash.
    private mutating func unescape(into buffer: inout [UInt8]) throws(JSONError) {
        guard position < bytes.count else { throw error(.unexpectedEnd) }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(byte)
        case UInt8(ascii: "b"): buffer.append(0x08)
        case UInt8(ascii: "f"): buffer.append(0x0C)
        case UInt8(ascii: "n"): buffer.append(0x0A)
        case UInt8(ascii: "r"): buffer.append(0x0D)
        case UInt8(ascii: "t"): buffer.append(0x09)
        case UInt8(ascii: "u"):
            // A surrogate without its partner becomes U+FFFD, as in Go.
            buffer.append(contentsOf: Character(try unicodeEscape() ?? "\u{FFFD}").utf8)
        default: throw JSONError(.invalidEscape, offset: position - 1)
        }
    }

    private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar? {
        let first = try fourHexDigits()
        if let scalar = Unicode.Scalar(UInt32(first)) { return scalar }
        guard first < 0xDC00, position + 6 <= bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        else { return nil }
        let back = position
        position += 2
        let second = try fourHexDigits()
        guard (0xDC00...0xDFFF).contains(second) else {
            position = back
            return nil
        }
        return Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
    }

    private mutating func fourHexDigits() throws(JSONError) -> UInt16 {
        guard position + 4 <= bytes.count else { throw error(.unexpectedEnd) }
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else {
                throw error(.invalidEscape)
            }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }
}
