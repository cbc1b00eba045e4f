public import JSONStream

/// One YAML document as a JSON value, read from events so that limits count before anything large stands in memory.
///
/// Aliases share what they name. Keys are scalars, `<<` merges, and of a key that stands twice in a mapping the last one
/// counts, all as in Go's library, through which upstream reads YAML.
public struct YAMLDocument: Sendable {
    public var value: JSONValue
    /// Keys that stand twice in one mapping, as Go's library tells them: `line 4: key "a" already set in map`.
    public var duplicates: [String]

    /// - Throws: ``YAMLError``
    public init(parsing bytes: [UInt8], limits: YAMLLimits = YAMLLimits()) throws {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw YAMLError("it is not UTF-8") }
        var builder = YAMLBuilder(limits: limits)
        try unsafe bytes.withUnsafeBufferPointer { text in
            var source = try unsafe YAMLEventSource(text)
            while try builder.take(try source.next(), line: source.line) {}
        }
        guard let value = builder.result else { throw YAMLError("the document is empty") }
        self.value = value
        duplicates = builder.duplicates
    }
}
