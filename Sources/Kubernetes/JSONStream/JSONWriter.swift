/// Writes compact JSON into a growing buffer.
///
/// It has a buffer of its own because an answer is written in hundreds of small pieces, and each append to an array
/// checks whether the array is shared.
public struct JSONWriter: ~Copyable {
    private var buffer: UnsafeMutableRawBufferPointer
    private var count = 0

    public init(minimumCapacity: Int = 256) {
        buffer = .allocate(byteCount: max(16, minimumCapacity), alignment: 1)
    }

    deinit { buffer.deallocate() }

    /// What has been written.
    public var bytes: [UInt8] { Array(buffer[..<count]) }

    private mutating func reserve(_ more: Int) {
        guard count + more > buffer.count else { return }
        let larger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(buffer.count * 2, count + more), alignment: 1)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        buffer.deallocate()
        buffer = larger
    }

    public mutating func append(_ byte: UInt8) {
        reserve(1)
        buffer[count] = byte
        count += 1
    }

    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        reserve(bytes.count)
        UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).copyMemory(from: bytes)
        count += bytes.count
    }

    public mutating func append(_ bytes: [UInt8]) { bytes.withUnsafeBytes { append($0) } }

    private mutating func append(_ text: StaticString) {
        append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    public mutating func write(_ value: JSONValue) {
        switch value {
        case .null: append("null")
        case .bool(let value): append(value ? "true" : "false")
        case .integer(let value): write(value)
        case .double(let value): appendText(Self.text(of: value))
        case .string(let value): write(value)
        case .array(let elements):
            append(UInt8(ascii: "["))
            var isFirst = true
            for element in elements {
                if !isFirst { append(UInt8(ascii: ",")) }
                isFirst = false
                write(element)
            }
            append(UInt8(ascii: "]"))
        case .object(let members):
            append(UInt8(ascii: "{"))
            var isFirst = true
            for (name, member) in members {
                if !isFirst { append(UInt8(ascii: ",")) }
                isFirst = false
                write(name)
                append(UInt8(ascii: ":"))
                write(member)
            }
            append(UInt8(ascii: "}"))
        }
    }

    private mutating func appendText(_ text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    public mutating func write(_ number: Int64) { appendText(String(number)) }

    /// Writes a string with only the escapes that JSON requires.
    public mutating func write(_ string: String) {
        var string = string
        string.withUTF8 { bytes in
            reserve(bytes.count + 2)
            buffer[count] = UInt8(ascii: "\"")
            let start = count + 1
            UnsafeMutableRawBufferPointer(rebasing: buffer[start...]).copyMemory(from: UnsafeRawBufferPointer(bytes))
            var needsEscape = false
            for byte in bytes {
                needsEscape = needsEscape || byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
            }
            guard !needsEscape else { return writeEscaped(bytes) }
            count = start + bytes.count
            buffer[count] = UInt8(ascii: "\"")
            count += 1
        }
    }

    private mutating func writeEscaped(_ bytes: UnsafeBufferPointer<UInt8>) {
        append(UInt8(ascii: "\""))
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\""): append(#"\""#)
            case UInt8(ascii: "\\"): append(#"\\"#)
            case 0x0A: append(#"\n"#)
            case 0x0D: append(#"\r"#)
            case 0x09: append(#"\t"#)
            case 0..<0x20:
                append(#"\u00"#)
                append(UInt8(ascii: byte < 0x10 ? "0" : "1"))
                append(Array("0123456789abcdef".utf8)[Int(byte & 0x0F)])
            default: append(byte)
            }
        }
        append(UInt8(ascii: "\""))
    }

    /// JSON has no infinities; a number that a double cannot hold is written as the largest that it can.
    private static func text(of value: Double) -> String {
        if value.isFinite { return value.description }
        return (value > 0 ? Double.greatestFiniteMagnitude : -Double.greatestFiniteMagnitude).description
    }
}
