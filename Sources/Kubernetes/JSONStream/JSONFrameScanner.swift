/// Finds the end of one JSON object that arrives in chunks, or the first byte at which it cannot become JSON any more.
///
/// Only their brackets delimit documents in a stream: a truncated one would swallow all that follow. So the structure
/// is checked at once; ``JSONReader`` checks the contents of scalars and strings.
struct JSONFrameScanner: Sendable {
    private enum Expected {
        case keyOrEnd, key, colon, value, valueOrEnd, commaOrEnd
    }

    private enum Token {
        case none, key, string, scalar
    }

    /// The containers around the current byte: true for an object.
    private var containers: [Bool] = []
    private var expected = Expected.value
    private var token = Token.none
    /// The last byte seen was a backslash that escapes the next one.
    private var escaped = false
    /// What a line begins with that may be the next document, without white space; nil: it is none.
    private var line: [UInt8]?
    private var isAtLineStart = false

    /// The next byte is the first one of an object.
    mutating func begin() {
        expected = .value
        isAtLineStart = false
        line = nil
    }

    /// Scans from `start`. Returns the index behind the closing bracket, or nil if the object continues in the next
    /// chunk.
    /// - Throws: ``JSONError`` with the offset within `bytes`. After that the scanner must not be used any more.
    mutating func scan(_ bytes: UnsafeRawBufferPointer, from start: Int) throws(JSONError) -> Int? {
        for index in start..<bytes.count {
            let byte = bytes[index]
            guard take(byte) else {
                let reason =
                    containers.count >= JSONReader.maximumDepth ? .tooDeep : JSONError.Reason.unexpectedByte(byte)
                throw JSONError(reason, offset: index)
            }
            if isEvent(byte) { throw JSONError(.unexpectedEnd, offset: index) }
            if containers.isEmpty { return index + 1 }
        }
        return nil
    }

    /// Whether the byte may stand here.
    private mutating func take(_ byte: UInt8) -> Bool {
        switch token {
        case .key, .string:
            if escaped {
                escaped = false
            } else if byte == UInt8(ascii: "\\") {
                escaped = true
            } else if byte == UInt8(ascii: "\"") {
                expected = token == .key ? .colon : .commaOrEnd
                token = .none
            } else {
                return byte >= 0x20
            }
            return byte >= 0x20
        case .scalar:
            if Self.isScalar(byte) { return true }
            token = .none
            expected = .commaOrEnd
        case .none:
            break
        }
        return takeBetweenTokens(byte)
    }

    private mutating func takeBetweenTokens(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x20, 0x0A, 0x0D, 0x09:
            return true
        case UInt8(ascii: "\""):
            switch expected {
            case .key, .keyOrEnd: token = .key
            case .value, .valueOrEnd: token = .string
            case .colon, .commaOrEnd: return false
            }
        case UInt8(ascii: ":"):
            guard expected == .colon else { return false }
            expected = .value
        case UInt8(ascii: ","):
            guard expected == .commaOrEnd, let isObject = containers.last else { return false }
            expected = isObject ? .key : .value
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard expected == .value || expected == .valueOrEnd, containers.count < JSONReader.maximumDepth else {
                return false
            }
            containers.append(byte == UInt8(ascii: "{"))
            expected = byte == UInt8(ascii: "{") ? .keyOrEnd : .valueOrEnd
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            let isObject = byte == UInt8(ascii: "}")
            guard expected == .commaOrEnd || expected == (isObject ? .keyOrEnd : .valueOrEnd),
                containers.last == isObject
            else { return false }
            containers.removeLast()
            expected = .commaOrEnd
        default:
            guard expected == .value || expected == .valueOrEnd, Self.isScalar(byte) else { return false }
            token = .scalar
        }
        return true
    }

    private static func isScalar(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "E"):
            true
        default: false
        }
    }

    // MARK: A document that is cut where an object may follow

    private static let events = ["ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR"].map {
        Array(#"{"type":"\#($0)""#.utf8)
    }
    private static let longestEvent = events.map(\.count).max() ?? 0

    /// Whether this byte completes what only a watch event begins with, on a line of its own: a document that ended
    /// behind a colon or in a list would swallow the next one whole.
    private mutating func isEvent(_ byte: UInt8) -> Bool {
        if byte == 0x0A {
            isAtLineStart = true
            line = nil
            return false
        }
        if isAtLineStart {
            isAtLineStart = false
            line = byte == UInt8(ascii: "{") ? [] : nil
        }
        guard line != nil, byte != 0x20, byte != 0x09, byte != 0x0D else { return false }
        line?.append(byte)
        guard let line, line.count <= Self.longestEvent else {
            self.line = nil
            return false
        }
        return byte == UInt8(ascii: "\"") && Self.events.contains(line)
    }
}
