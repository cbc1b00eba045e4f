/// A configuration file as a tree. Unlike ``JSONValue``, it keeps the positions of values and duplicate keys, for
/// strict decoding.
struct ConfigurationNode: Hashable, Sendable {
    enum Content: Hashable, Sendable {
        case null
        case bool(Bool)
        case integer(Int64)
        case double(Double)
        case string(String)
        case sequence([ConfigurationNode])
        case mapping([Member])
    }

    struct Member: Hashable, Sendable {
        var key: String
        var value: ConfigurationNode
    }

    var content: Content
    /// The line in a YAML file, from 1.
    var line: Int?
    /// Of a whole file: YAML documents behind this one.
    var furtherDocuments = 0

    init(_ content: Content, line: Int? = nil) {
        self.content = content
        self.line = line
    }
}
