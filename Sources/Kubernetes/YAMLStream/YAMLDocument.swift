public import JSONStream

/// One YAML document as a JSON value. It is read from events, so limits apply before anything large is in memory.
///
/// Aliases share their values. Keys are scalars, `<<` merges, and the last of duplicate keys wins, as in the Go library
/// with which upstream reads YAML.
public struct YAMLDocument: Sendable {
    public var value: JSONValue
    /// Duplicate keys in one mapping, as Go's library reports them: `line 4: key "a" already set in map`.
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
