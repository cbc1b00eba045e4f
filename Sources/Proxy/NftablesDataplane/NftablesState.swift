internal import KubeAPI
internal import LinuxSystem
internal import NetworkAddress
internal import Nftables
internal import NftablesServices
internal import ServiceModel

/// The desired content of the table, and the plans that lead to it. Pure: the dataplane commits the plans.
struct NftablesState: Sendable {
    let configuration: NftablesConfiguration
    private(set) var node = NodeFacts()
    private var entries: [ServicePortName: ServiceEntryBox] = [:]
    /// Balancer chains that exist or are about to.
    private(set) var balancers: Set<BalancerChain> = []
    /// How many service ports have this cluster IP.
    private var clusterIPUses = UseCounts<IPAddress>()
    private var hairpins = HairpinPairs()
    /// Of ports with session affinity.
    private var affinityNumbers = NumberAssignment(below: .max)
    /// Chains that the next changes of endpoints may need. Made with a new service or by the next verification, so
    /// that the change itself stays small.
    private(set) var missingSpares: Set<BalancerChain> = []
    /// Ports with more endpoints than a chain supports, and whether that was reported.
    private var crowded: [ServicePortName: Bool] = [:]

    init(configuration: NftablesConfiguration) {
        self.configuration = configuration
    }

    private var family: IPFamily { configuration.family }

    // MARK: A change

    /// Takes a change over. The plan holds what differs between before and after.
    mutating func apply(_ delta: FamilyDelta) -> Plan {
        var plan = Plan()
        if let facts = delta.node { apply(facts, &plan) }
        for name in delta.removed {
            if let old = entries.removeValue(forKey: name) { replace(old.entry, with: nil, &plan) }
            crowded[name] = nil
            affinityNumbers.release(name)
        }
        for (name, state) in delta.updated {
            let old = entries[name]?.entry
            let new = entry(state, after: old)
            entries[name] = ServiceEntryBox(new)
            replace(old, with: new, &plan)
            crowded[name] = new.leavesEndpointsOut ? crowded[name] ?? false : nil
        }
        return plan
    }

    /// Takes a change over where nothing is known of what the kernel holds: only ``reconcile(with:)`` may follow.
    mutating func take(_ delta: FamilyDelta) {
        if let facts = delta.node { node = facts }
        for name in delta.removed {
            entries[name] = nil
            crowded[name] = nil
            affinityNumbers.release(name)
        }
        if entries.isEmpty { entries.reserveCapacity(delta.updated.count) }
        for (name, state) in delta.updated {
            let new = entry(state, after: entries[name]?.entry)
            entries[name] = ServiceEntryBox(new)
            crowded[name] = new.leavesEndpointsOut ? crowded[name] ?? false : nil
        }
    }

    private mutating func entry(_ state: ServicePortState, after old: ServiceEntry?) -> ServiceEntry {
        var new = ServiceEntry(state, after: old)
        if state.service.affinityTimeout != nil {
            new.affinityNumber = affinityNumbers.number(of: state.service.name)
        } else if old?.affinityNumber != nil {
            affinityNumbers.release(state.service.name)
        }
        return new
    }

    /// What of the services is left out and was not told yet.
    mutating func takeProblems() -> [ServiceProblem] {
        guard crowded.contains(where: { !$0.value }) else { return [] }
        let new = crowded.filter { !$0.value }.keys.sorted()
        for name in new { crowded[name] = true }
        return new.map { name in
            ServiceProblem(
                kind: .service, key: ObjectKey(namespace: name.namespace, name: name.name), reason: .tooManyEndpoints,
                message: "port \(name.port.isEmpty ? name.transport.apiName : name.port) has more than "
                    + "\(BalancerChain.maximumCount) \(family.rawValue) endpoints, which nftables mode cannot choose "
                    + "from; the others get no connections")
        }
    }

    private mutating func apply(_ facts: NodeFacts, _ plan: inout Plan) {
        let before = self
        node = facts
        for (old, new) in zip(before.definition.chains, definition.chains) where old != new {
            plan.rewrittenChains.append(new)
        }
        plan.change(before.nodeElements, to: nodeElements)
        plan.replaceIntervals(.serviceCIDRs, before.serviceCIDRs, with: serviceCIDRs)
    }

    private mutating func replace(_ old: ServiceEntry?, with new: ServiceEntry?, _ plan: inout Plan) {
        switch (old, new) {
        case (let old?, let new?) where old.service == new.service:
            new.forEachChange(from: old) { change, set, element in
                switch change {
                case .deletion: plan.delete(element, from: set)
                case .addition: plan.add(element, to: set)
                }
            }
        case (let old?, let new?):
            plan.change(elements(of: old), to: elements(of: new))
        case (nil, let new?): new.forEachElement { plan.add($1, to: $0) }
        case (let old?, nil): old.forEachElement { plan.delete($1, from: $0) }
        case (nil, nil): return
        }
        if let new {
            new.forEachChain { addChain($0, &plan) }
            new.forEachSpareChain { chain in
                if old?.state.service != new.state.service {
                    addChain(chain, &plan)
                } else if !balancers.contains(chain) {
                    missingSpares.insert(chain)
                }
            }
        }
        let oldIP = old?.state.service.clusterIP
        let newIP = new?.state.service.clusterIP
        if oldIP != newIP {
            if let newIP, clusterIPUses.retain(newIP) { plan.add(Self.single(newIP), to: .clusterIPs) }
            if let oldIP, clusterIPUses.release(oldIP) { plan.delete(Self.single(oldIP), from: .clusterIPs) }
        }
        hairpins.change(old?.state.hairpinAddresses ?? [], to: new?.state.hairpinAddresses ?? [], &plan)
    }

    private mutating func addChain(_ needed: BalancerChain, _ plan: inout Plan) {
        guard !balancers.contains(needed) else { return }
        for chain in needed.block where balancers.insert(chain).inserted {
            plan.addedChains.append(ChainDefinition(name: chain.name, rules: chain.rules(family)))
            plan.add(chain.element, to: chain.kind.map)
        }
    }

    /// Postponed changes: spare chains, and unneeded pairs of @hairpin.
    mutating func catchUp() -> Plan {
        var plan = Plan()
        for chain in missingSpares { addChain(chain, &plan) }
        missingSpares = []
        hairpins.deleteStale(&plan)
        return plan
    }

    // MARK: From what the kernel holds

    /// The plan that leads from what the kernel holds to what is wanted, and those that tidy up after it (see
    /// ``TableComparison/finish()``).
    mutating func reconcile(with kernel: KernelTable) throws(SystemError) -> (plan: Plan, tidying: [Plan]) {
        let layout = TableDefinition.layout
        let fixed = definition.chains
        if TableComparison.canKeep(kernel, layout, chains: fixed, family: family) {
            adoptNumbers(kernel.elements[.affinityNumbers] ?? [:])
            adoptSlots(kernel.elements[.endpoints] ?? [:])
        }
        balancers = []
        missingSpares = []
        clusterIPUses = UseCounts()
        hairpins = HairpinPairs()
        var needed = Plan()
        for box in entries.values {
            box.entry.forEachChain { addChain($0, &needed) }
            box.entry.forEachSpareChain { addChain($0, &needed) }
            _ = clusterIPUses.retain(box.entry.service.clusterIP)
            hairpins.retain(box.entry.state.hairpinAddresses)
        }
        var comparison = try TableComparison(kernel, layout, chains: fixed + needed.addedChains, family: family)
        wantElements(&comparison)
        return comparison.finish()
    }

    /// Clients are remembered by these numbers.
    private mutating func adoptNumbers(_ found: [ElementKey: ElementData]) {
        guard !found.isEmpty, !affinityNumbers.numbers.isEmpty else { return }
        let names = affinityNumbers.numbers.keys.sorted()
        affinityNumbers = NumberAssignment(below: .max)
        for name in names {
            guard let number = entries[name]?.entry.adoptableNumber(found) else { continue }
            affinityNumbers.adopt(number, for: name)
        }
        for name in names {
            guard var entry = entries[name]?.entry else { continue }
            entry.affinityNumber = affinityNumbers.number(of: name)
            entries[name] = ServiceEntryBox(entry)
        }
    }

    private mutating func adoptSlots(_ endpoints: [ElementKey: ElementData]) {
        guard !endpoints.isEmpty else { return }
        for index in entries.values.indices {
            entries.values[index] = ServiceEntryBox(entries.values[index].entry.adoptingSlots(endpoints))
        }
    }

    private mutating func wantElements(_ comparison: inout TableComparison) {
        for box in entries.values { box.entry.forEachElement { comparison.want($0, $1) } }
        for chain in balancers { comparison.want(chain.kind.map, chain.element) }
        for kind in BalancerKind.all { comparison.want(kind.map, BalancerKind.dropping) }
        for address in clusterIPUses.items { comparison.want(.clusterIPs, Self.single(address)) }
        hairpins.want(&comparison)
        for (set, elements) in nodeElements {
            for (key, data) in elements { comparison.want(set, Element(key: key, data: data)) }
        }
        comparison.wantIntervals(.serviceCIDRs, serviceCIDRs)
    }

    // MARK: Elements

    typealias Elements = [SetName: [ElementKey: ElementData]]

    private func elements(of entry: ServiceEntry) -> Elements {
        var elements: Elements = [:]
        entry.forEachElement { set, element in
            elements[set, default: [:]][element.key] = element.data
        }
        return elements
    }

    /// Elements that come from the node's facts.
    private var nodeElements: Elements {
        [.nodePortIPs: NodePortAddresses.elements(node.nodePortAddresses)]
    }

    private var serviceCIDRs: [ElementKey] { Self.intervals(node.serviceCIDRs, family) }

    /// Begins and ends of @service-cidrs, in order.
    static func intervals(_ networks: [IPNetwork], _ family: IPFamily) -> [ElementKey] {
        var keys: [ElementKey] = []
        for range in IPNetwork.withoutContained(networks.filter { $0.family == family }) {
            keys.append(ElementKey(address: range.address.value))
            let last = range.lastAddress.value
            guard last != IPAddress(family: family, value: .max).value else { continue }
            keys.append(ElementKey(address: last + 1, isIntervalEnd: true))
        }
        return keys
    }

    private static func single(_ address: IPAddress) -> Element {
        Element(key: ElementKey(address: address.value), data: ElementData())
    }

    var definition: TableDefinition { TableDefinition(configuration: configuration, node: node) }
}
