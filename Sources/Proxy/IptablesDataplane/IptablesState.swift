internal import Dataplane
internal import NetworkAddress
internal import ServiceModel

/// The desired content of the tables, and the changes in it. Pure: the dataplane commits them.
struct IptablesState: Sendable {
    let configuration: IptablesConfiguration
    /// Protocols whose ports this kernel cannot tell apart; their services are left out.
    let unsupported: Set<TransportProtocol>
    private(set) var node = NodeFacts()
    private(set) var services: [ServicePortName: ServicePortState] = [:]
    private var trees = [DispatchTree<Destination>](repeating: .init(), count: Dispatch.allCases.count)
    /// How many service ports have an endpoint with this address that may be on this node.
    private var hairpinUses: [IPAddress: Int] = [:]
    /// Refusals that nobody needs any more. They go when the nat table leads to the endpoints, not before.
    private var obsolete: [Dispatch: Set<FrontendKey>] = [:]

    init(configuration: IptablesConfiguration, unsupported: Set<TransportProtocol> = []) {
        self.configuration = configuration
        self.unsupported = unsupported
    }

    private var fixed: FixedChains { FixedChains(configuration: configuration, node: node) }

    // MARK: A change

    /// Takes a change over. Returns what changes in the tables; nil if it may be everything, for the node changed.
    mutating func apply(_ delta: FamilyDelta) -> [Table: ChainEdits]? {
        var edits: [Table: ChainEdits] = [:]
        var changes: [Dispatch: [FrontendKey: Destination?]] = [:]
        for name in delta.removed {
            if let old = services.removeValue(forKey: name) { take(old, from: &changes, &edits) }
        }
        let updated = delta.updated.filter { !unsupported.contains($0.key.transport) }
        for name in updated.keys {
            if let old = services[name] { take(old, from: &changes, &edits) }
        }
        if let facts = delta.node { node = facts }
        for (name, state) in updated {
            services[name] = state
            put(state, into: &changes, &edits)
        }
        updateTrees(changes, &edits)
        return delta.node == nil ? edits : nil
    }

    private mutating func take(
        _ state: ServicePortState, from changes: inout [Dispatch: [FrontendKey: Destination?]],
        _ edits: inout [Table: ChainEdits]
    ) {
        let program = ServiceProgram(state, fixed)
        for (dispatch, key, _) in program.destinations { changes[dispatch, default: [:]][key] = .some(nil) }
        for (chain, _) in program.chains { edits[.nat, default: .init()].remove(chain) }
        for address in state.hairpinAddresses {
            let uses = hairpinUses[address] ?? 0
            hairpinUses[address] = uses > 1 ? uses - 1 : nil
            if uses <= 1 { changes[.hairpin, default: [:]][Self.hairpinKey(address)] = .some(nil) }
        }
    }

    private mutating func put(
        _ state: ServicePortState, into changes: inout [Dispatch: [FrontendKey: Destination?]],
        _ edits: inout [Table: ChainEdits]
    ) {
        let program = ServiceProgram(state, fixed)
        for (dispatch, key, destination) in program.destinations {
            changes[dispatch, default: [:]][key] = destination
        }
        for (chain, rules) in program.chains { edits[.nat, default: .init()].set(chain, rules) }
        for address in state.hairpinAddresses {
            hairpinUses[address, default: 0] += 1
            changes[.hairpin, default: [:]][Self.hairpinKey(address)] = Destination(
                target: .jump(FixedChains.markForMasquerade), note: .hairpin)
        }
    }

    private static func hairpinKey(_ address: IPAddress) -> FrontendKey { FrontendKey(address, 0, .tcp) }

    private mutating func updateTrees(
        _ changes: [Dispatch: [FrontendKey: Destination?]], _ edits: inout [Table: ChainEdits]
    ) {
        for (dispatch, all) in changes {
            var now = all
            if dispatch.table == .filter {
                now = all.filter { $0.value != nil }
                var later = obsolete[dispatch, default: []].subtracting(now.keys)
                later.formUnion(all.keys.filter { now[$0] == nil })
                obsolete[dispatch] = later.isEmpty ? nil : later
            }
            update(dispatch, now, &edits)
        }
    }

    private mutating func update(
        _ dispatch: Dispatch, _ changes: [FrontendKey: Destination?], _ edits: inout [Table: ChainEdits]
    ) {
        let old = trees[dispatch.rawValue]
        guard trees[dispatch.rawValue].update(changes) else { return }
        let (changed, removed) = trees[dispatch.rawValue].changes(dispatch, since: old)
        for chain in removed { edits[dispatch.table, default: .init()].remove(chain) }
        for (chain, rules) in changed { edits[dispatch.table, default: .init()].set(chain, rules) }
    }

    /// What has to go from the filter table once the nat table is in force.
    mutating func finish() -> ChainEdits {
        var edits: [Table: ChainEdits] = [:]
        for (dispatch, keys) in obsolete {
            update(dispatch, Dictionary(uniqueKeysWithValues: keys.map { ($0, nil) }), &edits)
        }
        obsolete = [:]
        return edits[.filter] ?? ChainEdits()
    }

    // MARK: Everything

    /// Calls for each chain of a table that is ours.
    func forEachChain(_ table: Table, _ body: (ChainName, [Rule]) -> Void) {
        let fixed = fixed
        for (chain, rules) in fixed.chains(table) { body(chain, rules) }
        for dispatch in Dispatch.allCases where dispatch.table == table {
            trees[dispatch.rawValue].forEachChain(dispatch, body)
        }
        guard table == .nat else { return }
        for state in services.values {
            for (chain, rules) in ServiceProgram(state, fixed).chains { body(chain, rules) }
        }
    }

    /// All of a table that is ours.
    func wanted(_ table: Table) -> TableAssembly.Wanted {
        var chains = EncodedChains(configuration.family)
        // An array that grows would take three times the room for a moment.
        if table == .nat { chains.reserve(services.values.reduce(1 << 16) { $0 + Self.estimatedBytes($1) }) }
        forEachChain(table) { chains.append($0, $1) }
        return TableAssembly.Wanted(chains: chains, isComplete: true, shared: fixed.sharedRules(table))
    }
}

extension IptablesState {
    /// At least as many bytes as the chains and dispatch rules of a service without session affinity take.
    fileprivate static func estimatedBytes(_ state: ServicePortState) -> Int {
        let entry = EntryLayout(state.service.family).size + 128
        return entry * (EndpointList.allCases.reduce(8) { $0 + state.endpoints($1).count }) + 1024
    }
}

/// Our changed chains in one table.
struct ChainEdits: Sendable {
    private(set) var changed: [ChainName: [Rule]] = [:]
    private(set) var removed: Set<ChainName> = []

    var isEmpty: Bool { changed.isEmpty && removed.isEmpty }

    mutating func set(_ chain: ChainName, _ rules: [Rule]) {
        changed[chain] = rules
        removed.remove(chain)
    }

    mutating func remove(_ chain: ChainName) {
        changed[chain] = nil
        removed.insert(chain)
    }

    func wanted(_ family: IPFamily) -> TableAssembly.Wanted {
        var chains = EncodedChains(family)
        for (chain, rules) in changed.sorted(by: { $0.key < $1.key }) { chains.append(chain, rules) }
        return TableAssembly.Wanted(chains: chains, isComplete: false, removed: removed)
    }
}
