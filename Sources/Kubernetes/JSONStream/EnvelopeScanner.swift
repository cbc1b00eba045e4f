/// Collects a document's bytes up to the `[` of its top-level member `items`, and those behind the array's elements.
struct EnvelopeScanner: Sendable {
    /// What was collected; the opening bracket of `items` is the last byte while the scanner stands at the items.
    private(set) var bytes: [UInt8] = []
    private(set) var isAtItems = false

    private var depth = 0
    private var inString = false
    private var escaped = false
    /// Where the last string at depth 1 starts in `bytes`, behind its quote, while nothing but white space, and then a
    /// colon, followed it.
    private var key: Range<Int>?
    private var stringStart = 0
    private var isAtItemsValue = false

    /// Returns the index behind the last byte taken.
    mutating func scan(_ chunk: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        while index < chunk.count, !isAtItems {
            let byte = chunk[index]
            bytes.append(byte)
            index += 1
            if inString {
                takeInString(byte)
            } else {
                take(byte)
            }
        }
        return index
    }

    /// The elements have been passed; the next byte is the closing bracket.
    mutating func leaveItems() {
        isAtItems = false
    }

    private mutating func takeInString(_ byte: UInt8) {
        if escaped {
            escaped = false
        } else if byte == UInt8(ascii: "\\") {
            escaped = true
        } else if byte == UInt8(ascii: "\"") {
            inString = false
            key = depth == 1 ? stringStart..<bytes.count - 1 : nil
        }
    }

    private mutating func take(_ byte: UInt8) {
        switch byte {
        case 0x20, 0x0A, 0x0D, 0x09:
            return
        case UInt8(ascii: "\""):
            inString = true
            stringStart = bytes.count
        case UInt8(ascii: ":"):
            let isItems = depth == 1 && key.map(isItemsKey) == true
            key = nil
            isAtItemsValue = isItems
            return
        case UInt8(ascii: "["):
            depth += 1
            isAtItems = isAtItemsValue
        case UInt8(ascii: "{"):
            depth += 1
        case UInt8(ascii: "]"), UInt8(ascii: "}"):
            depth -= 1
        default:
            break
        }
        key = nil
        isAtItemsValue = false
    }

    private func isItemsKey(_ range: Range<Int>) -> Bool {
        let name = bytes[range]
        guard name.contains(UInt8(ascii: "\\")) else { return name.elementsEqual("items".utf8) }
        let quoted = bytes[range.lowerBound - 1..<range.upperBound + 1]
        return (try? JSONReader.read(quoted) { try $0.string() }) == "items"
    }
}
