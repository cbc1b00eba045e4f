/// A configuration file as a tree, with what strict decoding needs and ``JSONValue`` does not keep: where a value
/// stands. Mappings have unique keys.
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

    init(_ content: Content, line: Int? = nil) {
        self.content = content
        self.line = line
    }

}
