/// Finds the end of one JSON object or array that arrives in chunks.
///
/// It counts brackets and recognises strings. ``JSONReader``, which reads the value afterwards, checks the text
/// between.
struct JSONNestingScanner: Sendable {
    private var depth = 0
    private var inString = false
    /// The last byte seen was a backslash that escapes the next one.
    private var escaped = false

    /// Scans from `start`, which for a new value is its opening bracket. Returns the index behind the closing bracket,
    /// or nil if the value goes on in the next chunk.
    mutating func scan(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var index = start
        let end = bytes.count
        while index < end {
            if inString {
                index = skipString(bytes, from: index)
                continue
            }
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "\"") {
                inString = true
            } else if byte | 0x20 == UInt8(ascii: "{") {
                depth += 1
            } else if byte | 0x20 == UInt8(ascii: "}") {
                depth -= 1
                if depth == 0 { return index }
            }
        }
        return nil
    }

    /// Goes on inside a string and returns the index behind its end, or the end of the chunk.
    private mutating func skipString(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        let end = bytes.count
        if escaped, index < end {
            escaped = false
            index += 1
        }
        while index < end {
            // Most of a list is text in strings, so eight bytes are looked at together while none of them is special.
            while index + 8 <= end {
                let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                let special = Self.bytesEqual(word, UInt8(ascii: "\"")) | Self.bytesEqual(word, UInt8(ascii: "\\"))
                if special != 0 {
                    // The lowest mark is exact, also where a borrow made false ones above it.
                    index += special.trailingZeroBitCount / 8
                    break
                }
                index += 8
            }
            guard index < end else { return index }
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "\"") {
                inString = false
                return index
            }
            if byte == UInt8(ascii: "\\") {
                if index == end {
                    escaped = true
                    return index
                }
                index += 1
            }
        }
        return index
    }

    /// The high bit of each byte of `word` that equals `byte` (higher bytes may be marked falsely).
    @inline(__always)
    private static func bytesEqual(_ word: UInt64, _ byte: UInt8) -> UInt64 {
        let difference = word.littleEndian ^ (UInt64(byte) &* 0x0101_0101_0101_0101)
        return (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080
    }
}
