import JSONStream

/// `metadata` of a list (meta/v1 ListMeta).
struct ListMetadata: Hashable, Sendable {
    /// Bytes; the token goes into the next request's first line.
    private static let maximumToken = 4096

    var resourceVersion = ""
    var continueToken = ""

    init(resourceVersion: String, continueToken: String) {
        self.resourceVersion = resourceVersion
        self.continueToken = continueToken
    }

    /// Reads a list whose items were taken out. Anything that is no list of the API is an error: what came back from a
    /// login page or a wrong path must not pass for an empty cluster.
    init(envelope: [UInt8]) throws {
        var kind = ""
        var hasMetadata = false
        try JSONReader.read(envelope) { reader in
            try reader.object { key, reader in
                switch key {
                case "kind": kind = try reader.stringIfPresent() ?? ""
                case "metadata":
                    hasMetadata = true
                    try readMetadata(&reader)
                default: try reader.skip()
                }
            }
        }
        guard kind.hasSuffix("List") || (kind.isEmpty && hasMetadata) else {
            throw JSONError(
                .typeMismatch(expected: "a list", found: kind.isEmpty ? "no kind" : "kind \(kind.prefix(64))"),
                offset: 0, path: "kind")
        }
        guard resourceVersion.utf8.count <= 256, continueToken.utf8.count <= Self.maximumToken else {
            throw JSONError(
                .outOfRange(expected: "a token of at most \(Self.maximumToken) bytes", found: "more"), offset: 0,
                path: "metadata")
        }
    }

    private mutating func readMetadata(_ reader: inout JSONReader) throws {
        try reader.objectIfPresent { key, reader in
            switch key {
            case "resourceVersion": resourceVersion = try reader.stringIfPresent() ?? ""
            case "continue": continueToken = try reader.stringIfPresent() ?? ""
            default: try reader.skip()
            }
        }
    }
}
