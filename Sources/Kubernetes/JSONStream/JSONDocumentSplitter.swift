/// Splits a stream of JSON objects, one after another with or without white space between, as a watch sends them.
///
/// A push parser: feed it chunks as they arrive; chunks may end anywhere.
public struct JSONDocumentSplitter: Sendable {
    /// Bytes. API servers refuse objects beyond 3 MiB (etcd beyond 1.5), so that 8 MiB leaves room for every watch event.
    public static let defaultMaximumDocumentSize = 8 << 20

    private let maximumDocumentSize: Int
    private var scanner = JSONFrameScanner()
    private var isInDocument = false
    /// What earlier chunks held of the document under way.
    private var partial: [UInt8] = []
    private var consumed = 0

    public init(maximumDocumentSize: Int = JSONDocumentSplitter.defaultMaximumDocumentSize) {
        self.maximumDocumentSize = maximumDocumentSize
    }

    /// Feeds one chunk; `document` gets the bytes of each object that ends in it, valid only during the call.
    /// - Throws: ``JSONError`` as soon as the current object cannot be JSON, is larger than the limit, or was
    ///   truncated: a line within it begins like a watch event. Object borders are lost then, and the splitter must not
    ///   be used any more.
    public mutating func consume(
        _ chunk: UnsafeRawBufferPointer, _ document: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var index = 0
        while index < chunk.count {
            if !isInDocument {
                let byte = chunk[index]
                if byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
                    index += 1
                    continue
                }
                guard byte == UInt8(ascii: "{") else {
                    throw JSONError(.unexpectedByte(byte), offset: consumed + index)
                }
                isInDocument = true
                scanner.begin()
            }
            let start = index
            let end: Int?
            do {
                end = try scanner.scan(chunk, from: start)
            } catch {
                throw JSONError(error.reason, offset: consumed + error.offset)
            }
            let piece = UnsafeRawBufferPointer(rebasing: chunk[start..<(end ?? chunk.count)])
            guard partial.count + piece.count <= maximumDocumentSize else {
                throw JSONError.tooLarge("an object", maximumDocumentSize, offset: consumed + start)
            }
            guard let end else {
                partial.append(contentsOf: piece)
                break
            }
            isInDocument = false
            index = end
            if partial.isEmpty {
                try document(piece)
            } else {
                partial.append(contentsOf: piece)
                let whole = partial
                partial = []
                try whole.withUnsafeBytes { try document($0) }
            }
        }
        consumed += chunk.count
    }

    /// Whether the stream may end here, between objects.
    public var isBetweenDocuments: Bool { !isInDocument }
}

extension JSONError {
    public static func tooLarge(_ what: String, _ maximum: Int, offset: Int) -> JSONError {
        JSONError(.outOfRange(expected: "\(what) of at most \(maximum) bytes", found: "more"), offset: offset)
    }
}
