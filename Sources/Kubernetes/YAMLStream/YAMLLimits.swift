import JSONStream

/// The limits of one document. Each is checked while events arrive, before a tree is built.
public struct YAMLLimits: Hashable, Sendable {
    /// Scalars, collections and aliases, counted at each occurrence.
    public var events = 1_000_000
    /// Levels of collections, including those from aliases.
    public var depth = JSONReader.maximumDepth
    /// Bytes of all scalars, including those that aliases repeat.
    public var bytes = 3 << 20

    public init() {}

    /// The share of values that may come from aliases: nearly all of a small document, a tenth of a large one. As Go's
    /// library has it (go-yaml/yaml v2, decode.go, allowedAliasRatio).
    static func aliasShare(of values: Int) -> Double {
        let (low, high) = (400_000, 4_000_000)
        if values <= low { return 0.99 }
        if values >= high { return 0.1 }
        return 0.99 - 0.89 * Double(values - low) / Double(high - low)
    }
}
