import NetworkAddress
import ServiceModel

@testable import Nftables
@testable import NftablesDataplane
@testable import NftablesServices

/// A table without a kernel: what plans make of it, and what in them a kernel would refuse.
struct SimulatedTable {
    private(set) var chains: [String: ChainDefinition] = [:]
    private(set) var sets: Set<SetName> = []
    private(set) var elements: [SetName: [ElementKey: ElementData]] = [:]
    private var exists = false

    /// In the order of the transaction; returns what would be refused.
    mutating func apply(_ plan: Plan) -> [String] {
        var faults: [String] = []
        if plan.replacesTable || plan.removesTable { self = SimulatedTable() }
        if plan.addsTable || plan.replacesTable { exists = true }
        if !exists, !plan.removesTable { faults.append("there is no table") }
        for set in plan.addedSets where !sets.insert(set.name).inserted { faults.append("set \(set.name) exists") }
        for chain in plan.addedChains where chains.updateValue(chain, forKey: chain.name) != nil {
            faults.append("chain \(chain.name) exists")
        }
        for chain in plan.rewrittenChains where chains.updateValue(chain, forKey: chain.name) == nil {
            faults.append("there is no chain \(chain.name) to flush")
        }
        for (set, gone) in plan.deletedElements {
            for element in gone where elements[set]?.removeValue(forKey: element.key) == nil {
                faults.append("cannot delete \(set.rawValue) \(element.text(in: set))")
            }
        }
        for (set, new) in plan.addedElements {
            if !sets.contains(set) { faults.append("there is no set \(set.rawValue)") }
            for element in new
            where elements[set, default: [:]].updateValue(element.data, forKey: element.key) != nil {
                faults.append("\(set.rawValue) \(element.text(in: set)) exists")
            }
        }
        for name in plan.deletedChains where chains.removeValue(forKey: name) == nil {
            faults.append("there is no chain \(name) to delete")
        }
        return faults + danglingVerdicts + danglingCounts
    }

    private var danglingVerdicts: [String] {
        var faults: [String] = []
        for (set, content) in elements {
            for (key, data) in content {
                guard case .verdict(.goto(let chain)) = data.value, chains[chain] == nil else { continue }
                faults.append("\(Element(key: key, data: data).text(in: set)): there is no such chain")
            }
        }
        return faults
    }

    /// Services whose connections would find no chain.
    private var danglingCounts: [String] {
        (elements[.endpointCounts] ?? [:]).compactMap { key, data in
            balancer(key, data.value) == nil
                ? "\(Element(key: key, data: data).text(in: .endpointCounts)): no such balancer" : nil
        }
    }

    /// Where an element of @endpoint-counts leads to.
    private func balancer(_ key: ElementKey, _ value: ElementValue) -> Verdict? {
        let kind = BalancerKind(isNodePort: key.address == 0, isLocal: key.slot == 1)
        guard case .mark(let code) = value,
            case .verdict(let verdict)? = elements[kind.map]?[ElementKey(slot: code)]?.value
        else { return nil }
        return verdict
    }

    /// As a kernel would list it.
    func listed(_ family: IPFamily) throws -> KernelTable {
        var table = KernelTable(generation: 1)
        table.exists = exists
        for set in sets {
            table.sets[set.rawValue] = TableDefinition.layout[set]?.facts(family)
            table.elements[set] = elements[set] ?? [:]
        }
        for chain in chains.values {
            table.chains[chain.name] = KernelTable.ChainFacts(
                base: chain.base, rules: try chain.rules.map { try RuleCodec.signature(of: $0, family: family) })
        }
        return table
    }

    // MARK: What packets meet

    /// Where the maps send a new connection: endpoints with their weights, or what else becomes of it.
    enum Outcome: Hashable {
        case endpoints([EndpointAddress: Int])
        case rejected
        case verdict(Verdict)
    }

    /// - Parameters:
    ///   - address: nil for a node port.
    ///   - isLocal: whether the Local policy holds.
    /// - Returns: nil if it is none of ours.
    func outcome(_ address: IPAddress?, _ port: UInt16, _ transport: TransportProtocol, isLocal: Bool) -> Outcome? {
        let kind = BalancerKind(isNodePort: address == nil, isLocal: isLocal)
        var key = ElementKey(address: address?.value ?? 0, port: port, transport: transport.rawValue)
        let isClusterIP = address.map { elements[.clusterIPs]?[ElementKey(address: $0.value)] != nil } ?? false
        guard isClusterIP || elements[.externalIPs]?[key] != nil || elements[.externalLocalIPs]?[key] != nil else {
            return nil
        }
        if elements[.noEndpoints]?[key] != nil { return .rejected }
        key.slot = kind.policy
        guard let code = elements[.endpointCounts]?[key]?.value, let choice = balancer(key, code) else { return nil }
        guard case .goto(let chain) = choice else { return .verdict(choice) }
        guard let count = Self.count(ofChain: chain, kind) else { return nil }
        var endpoints: [EndpointAddress: Int] = [:]
        for slot in 0..<count {
            key.slot = kind.firstSlot + UInt32(slot)
            guard case .destination(let ip, let port)? = elements[.endpoints]?[key]?.value else { return nil }
            endpoints[EndpointAddress(ip, port), default: 0] += 1
        }
        key.slot = kind.firstSlot + UInt32(count)
        return elements[.endpoints]?[key] == nil ? .endpoints(endpoints) : nil
    }

    private static func count(ofChain name: String, _ kind: BalancerKind) -> Int? {
        let prefix = kind.prefix + "endpoints-"
        guard name.hasPrefix(prefix) else { return nil }
        return name.dropFirst(prefix.count).split(separator: "-").first.flatMap { Int($0) }
    }
}

extension Element {
    func text(in set: SetName) -> String { TableDefinition.layout[set].map(text) ?? "no set \(set.rawValue)" }
}
