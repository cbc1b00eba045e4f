/// Our table as the kernel holds it.
package struct KernelTable: Sendable {
    /// The ruleset's generation that this was read at.
    package var generation: UInt32
    package var exists = false
    /// NFTA_TABLE_FLAGS; ours has none. A dormant table (1) does nothing.
    package var flags: UInt32 = 0
    package var sets: [String: SetFacts] = [:]
    package var chains: [String: ChainFacts] = [:]
    /// The elements of the sets that we know and packets do not fill.
    package var elements: [SetName: [ElementKey: ElementData]] = [:]

    package init(generation: UInt32) { self.generation = generation }

    package struct SetFacts: Hashable, Sendable {
        package var flags: UInt32
        package var keyType: UInt32
        package var keyLength: UInt32
        package var dataType: UInt32
        package var dataLength: UInt32
        /// Whether we add the elements and the set has a limit that could be reached.
        package var isLimited = false
    }

    package struct ChainFacts: Hashable, Sendable {
        package var base: BaseChain?
        /// Signatures of the rules, in order; nil for a rule that cannot be read.
        package var rules: [String?] = []
        /// Whether the chain's policy is drop.
        package var dropsByDefault = false

        package init(base: BaseChain? = nil, rules: [String?] = []) {
            self.base = base
            self.rules = rules
        }
    }
}
