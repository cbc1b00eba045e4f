/// Splits a List document while it arrives. It hands out the bytes of each element of the top-level `items` array as
/// soon as the element is complete, and keeps the rest as the envelope. One item bounds its memory.
///
/// A push parser: feed it chunks, which may end anywhere, then call ``finish()``. An item that lies within one chunk is
/// not copied. The members may come in any order. A document without items (a Status, say) is all envelope. Items are
/// found by their brackets; reading an item checks whether it is well-formed.
public struct JSONListSplitter: Sendable {
    /// Bytes; as for ``JSONDocumentSplitter``.
    public static let defaultMaximumItemSize = JSONDocumentSplitter.defaultMaximumDocumentSize
    /// Bytes. The metadata of a list takes about 200.
    public static let defaultMaximumEnvelopeSize = 1 << 20

    private enum Place {
        /// Outside of `items`.
        case envelope
        /// At an element or the closing bracket.
        case firstItem
        /// At an element.
        case nextItem
        /// In an element that is an object or an array.
        case nested
        /// In an element that is a string.
        case string
        /// In an element that is a number or a literal.
        case scalar
        /// At a comma or the closing bracket.
        case afterItem
    }

    private let maximumItemSize: Int
    private let maximumEnvelopeSize: Int
    private var place = Place.envelope
    private var scanner = JSONNestingScanner()
    private var escaped = false
    private var partial: [UInt8] = []
    private var envelope = EnvelopeScanner()
    private var consumed = 0

    public init(
        maximumItemSize: Int = JSONListSplitter.defaultMaximumItemSize,
        maximumEnvelopeSize: Int = JSONListSplitter.defaultMaximumEnvelopeSize
    ) {
        self.maximumItemSize = maximumItemSize
        self.maximumEnvelopeSize = maximumEnvelopeSize
    }

    /// Feeds one chunk; `item` gets the bytes of each element that ends in it, valid only during the call. After an
    /// error the splitter must not be used any more.
    public mutating func consume(
        _ chunk: UnsafeRawBufferPointer, _ item: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var index = 0
        while index < chunk.count {
            switch place {
            case .envelope:
                index = envelope.scan(chunk, from: index)
                guard envelope.bytes.count <= maximumEnvelopeSize else {
                    throw JSONError.tooLarge("a list without its items", maximumEnvelopeSize, offset: consumed + index)
                }
                if envelope.isAtItems { place = .firstItem }
            case .firstItem, .nextItem, .afterItem:
                try step(chunk[index], at: &index)
            case .nested, .string, .scalar:
                let start = index
                let end = endOfItem(chunk, from: start)
                let piece = UnsafeRawBufferPointer(rebasing: chunk[start..<(end ?? chunk.count)])
                guard partial.count + piece.count <= maximumItemSize else {
                    throw JSONError.tooLarge("an item", maximumItemSize, offset: consumed + start)
                }
                index = start + piece.count
                if end != nil {
                    place = .afterItem
                    try emit(piece, item)
                } else {
                    partial.append(contentsOf: piece)
                }
            }
        }
        consumed += chunk.count
    }

    /// Ends the document and returns the envelope: the whole document with `items` empty.
    public mutating func finish() throws -> [UInt8] {
        guard place == .envelope else { throw JSONError(.unexpectedEnd, offset: consumed) }
        return envelope.bytes
    }

    /// Between two items.
    private mutating func step(_ byte: UInt8, at index: inout Int) throws {
        switch byte {
        case 0x20, 0x0A, 0x0D, 0x09:
            index += 1
        case UInt8(ascii: "]") where place != .nextItem:
            envelope.leaveItems()
            place = .envelope
        case UInt8(ascii: ",") where place == .afterItem:
            index += 1
            place = .nextItem
        case _ where place == .afterItem:
            throw JSONError(.unexpectedByte(byte), offset: consumed + index)
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            place = .nested
        case UInt8(ascii: "\""):
            index += 1
            partial.append(byte)
            place = .string
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            place = .scalar
        default:
            throw JSONError(.unexpectedByte(byte), offset: consumed + index)
        }
    }

    private mutating func endOfItem(_ chunk: UnsafeRawBufferPointer, from start: Int) -> Int? {
        switch place {
        case .nested:
            return scanner.scan(chunk, from: start)
        case .string:
            for index in start..<chunk.count {
                if escaped {
                    escaped = false
                } else if chunk[index] == UInt8(ascii: "\\") {
                    escaped = true
                } else if chunk[index] == UInt8(ascii: "\"") {
                    return index + 1
                }
            }
            return nil
        default:
            return (start..<chunk.count).first { index in
                switch chunk[index] {
                case UInt8(ascii: ","), UInt8(ascii: "]"), 0x20, 0x0A, 0x0D, 0x09: true
                default: false
                }
            }
        }
    }

    private mutating func emit(
        _ piece: UnsafeRawBufferPointer, _ item: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        if partial.isEmpty {
            try item(piece)
            return
        }
        partial.append(contentsOf: piece)
        let whole = partial
        partial = []
        try whole.withUnsafeBytes { try item($0) }
    }
}
