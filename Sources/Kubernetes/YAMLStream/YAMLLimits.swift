import JSONStream

/// How much one document may be. Each is looked at while events come in, before a tree stands.
public struct YAMLLimits: Hashable, Sendable {
    /// Scalars, collections and aliases, each as often as it is written.
    public var events = 1_000_000
    /// Levels of collections, those that aliases bring included.
    public var depth = JSONReader.maximumDepth
    /// Bytes of all scalars, those that aliases repeat included.
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
