internal import NetworkAddress

/// A feature of nf_tables that not every kernel has, with the smallest table that uses it.
package enum NftablesFeature: String, Hashable, Sendable, CaseIterable {
    case tables
    case natChains
    case connectionState
    case addressType
    case randomNumbers
    case reject
    case masquerade
    case destinationNAT
    case concatenatedKeys
    case ranges
    case concatenatedRanges
    case verdictMaps
    case numberMaps
    case learnedMaps

    private static let map = SetName(rawValue: "map")
    private static let frontend: [SetDefinition.KeyField] = [.address, .transport, .port]
    private static let frontendFields: [RuleBuilder.Field] = [.destinationAddress, .layer4Protocol, .destinationPort]

    /// The set that the feature's rule looks into; nil: it needs none.
    private var set: SetDefinition? {
        func set(
            _ key: [SetDefinition.KeyField], _ value: SetDefinition.Value = .none, isInterval: Bool = false,
            isFilledByPackets: Bool = false, size: UInt32 = 0
        ) -> SetDefinition {
            SetDefinition(
                name: Self.map, key: key, value: value, isInterval: isInterval, isFilledByPackets: isFilledByPackets,
                size: size, comment: "tried by viaduct doctor")
        }
        switch self {
        case .tables, .natChains, .connectionState, .addressType, .randomNumbers, .reject, .masquerade: return nil
        case .concatenatedKeys: return set(Self.frontend)
        case .ranges: return set([.address], isInterval: true)
        case .concatenatedRanges: return set(Self.frontend + [.source], isInterval: true)
        case .verdictMaps: return set([.slot], .verdict)
        case .numberMaps: return set(Self.frontend + [.slot], .mark)
        case .destinationNAT: return set(Self.frontend + [.slot], .destination)
        case .learnedMaps: return set([.source] + Self.frontend, .mark, isFilledByPackets: true, size: 16)
        }
    }

    private var base: BaseChain {
        switch self {
        case .natChains, .destinationNAT: BaseChain(kind: .nat, hook: .prerouting, priority: -100)
        case .masquerade: BaseChain(kind: .nat, hook: .postrouting, priority: 100)
        default: BaseChain(kind: .filter, hook: .input, priority: 0)
        }
    }

    private func build(_ rule: inout RuleBuilder) {
        let map = Self.map.rawValue
        switch self {
        case .tables, .natChains: rule.verdict(.accept)
        case .connectionState: rule.newConnection()
        case .addressType: rule.localAddress(.destination)
        case .randomNumbers: rule.setPriority(toRandomBelow: 2, offset: 1)
        case .reject: rule.reject()
        case .masquerade: rule.masquerade()
        case .concatenatedKeys: rule.lookup(Self.frontendFields, inSet: map)
        case .ranges: rule.lookup([.destinationAddress], inSet: map)
        case .concatenatedRanges: rule.lookup(Self.frontendFields + [.sourceAddress], inSet: map)
        case .verdictMaps: rule.verdictMap(map, key: [.priority])
        case .numberMaps: rule.setPriority(fromMap: map, key: Self.frontendFields + [.priority])
        case .destinationNAT: rule.destinationNAT(map: map, key: Self.frontendFields + [.priority])
        case .learnedMaps:
            rule.remember(.priority, inMap: map, key: [.sourceAddress] + Self.frontendFields, timeout: 10)
        }
    }

    /// A table that uses the feature.
    func plan(_ family: IPFamily) -> (plan: Plan, layout: TableLayout) {
        let sets = set.map { [$0] } ?? []
        var plan = Plan()
        plan.addsTable = true
        plan.addedSets = sets
        plan.addedChains = [
            ChainDefinition(name: "probe", base: base, rules: [RuleBuilder.rule(family) { build(&$0) }])
        ]
        return (plan, TableLayout(comment: "tried by viaduct doctor", sets: sets))
    }
}
