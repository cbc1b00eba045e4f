/// What the kernel holds of our table.
struct KernelTable: Sendable {
    /// The ruleset's generation that this was read at.
    var generation: UInt32
    var exists = false
    /// NFTA_TABLE_FLAGS; ours has none. A dormant table (1) does nothing.
    var flags: UInt32 = 0
    var sets: [String: SetFacts] = [:]
    var chains: [String: ChainFacts] = [:]
    /// Of the sets that we know and packets do not fill.
    var elements: [SetName: [ElementKey: ElementData]] = [:]

    struct SetFacts: Hashable, Sendable {
        var flags: UInt32
        var keyType: UInt32
        var keyLength: UInt32
        var dataType: UInt32
        var dataLength: UInt32
    }

    struct ChainFacts: Hashable, Sendable {
        var base: BaseChain?
        /// Signatures of the rules, in order; nil for a rule that cannot be read.
        var rules: [String?] = []
        /// Whether the kernel drops what no rule decides.
        var dropsByDefault = false
    }
}
