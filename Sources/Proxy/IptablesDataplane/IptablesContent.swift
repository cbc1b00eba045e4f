internal import NetworkAddress
package import ServiceModel

/// The content of this backend's tables, for the benchmark's comparison of ways into the kernel.
package struct IptablesContent: Sendable {
    /// Chains that are added, changed or removed in some tables, in the order of the commits.
    package struct Change: Sendable {
        fileprivate(set) var parts: [Part] = []

        package init() {}

        /// The number of its rules.
        package var ruleCount: Int { parts.reduce(0) { $0 + $1.chains.reduce(0) { $0 + $1.rules.count } } }

        /// The same as iptables-restore --noflush reads it.
        package var restoreText: String { parts.map(\.restoreText).joined() }
    }

    struct Part: Sendable {
        var table: Table
        var chains: [(name: ChainName, rules: [Rule])]
        var removed: Set<ChainName> = []
        /// Rules in chains of others.
        var shared: [SharedRules] = []
        /// Whether it is all of the table.
        var isComplete = false

        func wanted(_ family: IPFamily) -> TableAssembly.Wanted {
            var encoded = EncodedChains(family)
            for chain in chains { encoded.append(chain.name, chain.rules) }
            return TableAssembly.Wanted(chains: encoded, isComplete: isComplete, removed: removed, shared: shared)
        }

        /// Naming a chain in front of the rules makes or empties it.
        fileprivate var restoreText: String {
            let made = Set(chains.map(\.name))
            let missing = shared.map(\.chain).filter { !made.contains($0) && !TableHooks.names.contains($0) }
            let emptied = (chains.map(\.name) + missing + removed.sorted()).map { ":\($0) - [0:0]\n" }
            let rules = shared.map { ($0.chain, $0.rules) } + chains.map { ($0.name, $0.rules) }
            return "*\(table.rawValue)\n" + emptied.joined()
                + rules.flatMap { name, rules in rules.map { "-A \(name) \($0.iptablesText)\n" } }.joined()
                + removed.sorted().map { "-X \($0)\n" }.joined() + "COMMIT\n"
        }
    }

    private var state: IptablesState
    private var isMade = false

    package init(_ configuration: IptablesConfiguration) { state = IptablesState(configuration: configuration) }

    /// The edits that apply this change to the current tables; the first call creates them.
    package mutating func take(_ delta: FamilyDelta) -> Change {
        let edits = state.apply(delta)
        var change = Change()
        guard isMade, let edits else {
            isMade = true
            _ = state.finish()
            change.parts = Table.programmed.map(whole)
            return change
        }
        change.parts = Table.programmed.compactMap { table in edits[table].flatMap { Self.part(table, $0) } }
        if let rest = Self.part(.filter, state.finish()) { change.parts.append(rest) }
        return change
    }

    private func whole(_ table: Table) -> Part {
        var part = Part(table: table, chains: [], isComplete: true)
        state.forEachChain(table) { part.chains.append(($0, $1)) }
        part.shared = FixedChains(configuration: state.configuration, node: state.node).sharedRules(table)
        return part
    }

    private static func part(_ table: Table, _ edits: ChainEdits) -> Part? {
        guard !edits.isEmpty else { return nil }
        return Part(
            table: table, chains: edits.changed.sorted { $0.key < $1.key }.map { ($0.key, $0.value) },
            removed: edits.removed)
    }
}
