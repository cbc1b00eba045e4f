internal import NetworkAddress

/// Chains as bytes, in the order in which they were added.
struct EncodedChains: Sendable {
    private(set) var encoder: RuleEncoder
    private(set) var chains: [Chain] = []

    struct Chain: Sendable {
        var name: ChainName
        /// Place of the head and end of the tail in the encoder's buffer.
        var bytes: Range<Int>
        var entryCount: Int
    }

    init(_ family: IPFamily) { encoder = RuleEncoder(family) }

    var layout: EntryLayout { encoder.layout }

    mutating func reserve(_ bytes: Int) { encoder.reserve(bytes) }

    mutating func append(_ name: ChainName, _ rules: [Rule]) {
        let start = encoder.buffer.count
        let before = encoder.entryCount
        encoder.appendHead(name)
        for rule in rules { encoder.append(rule) }
        encoder.appendTail()
        chains.append(
            Chain(name: name, bytes: start..<encoder.buffer.count, entryCount: encoder.entryCount - before))
    }

    /// The chains by name; where one was added twice, the last counts.
    var byName: [ChainName: Int] {
        var places: [ChainName: Int] = [:]
        places.reserveCapacity(chains.count)
        for (index, chain) in chains.enumerated() { places[chain.name] = index }
        return places
    }
}
