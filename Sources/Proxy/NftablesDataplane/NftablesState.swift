internal import Dataplane
internal import KubeAPI
internal import NetworkAddress
internal import Nftables
internal import NftablesServices
internal import ServiceModel

/// What the table shall hold, and the plans that lead there. Pure: the dataplane commits the plans.
struct NftablesState: Sendable {
    let configuration: NftablesConfiguration
    private(set) var node = NodeFacts()
    private(set) var entries: [ServicePortName: ServiceEntry] = [:]
    /// Balancer chains that exist or are about to.
    private(set) var balancers: Set<BalancerChain> = []
    /// How many service ports have this cluster IP.
    private var clusterIPUses = UseCounts<IPAddress>()
    private var hairpins = HairpinPairs()
    /// Chains that the next changes of endpoints may need. Made with a new service or by the next verification, so
    /// that the change itself stays small.
    private(set) var missingSpares: Set<BalancerChain> = []
    /// Ports with more endpoints than a chain can have, and whether somebody was told.
    private var crowded: [ServicePortName: Bool] = [:]

    init(configuration: NftablesConfiguration) {
        self.configuration = configuration
    }

    private var family: IPFamily { configuration.family }

    // MARK: A change

    /// Takes a change over. The plan holds what differs between before and after.
    mutating func apply(_ delta: FamilyDelta) -> Plan {
        var plan = Plan()
        let oldNodeIP = node.nodeIP
        if let facts = delta.node {
            apply(facts, &plan)
            for (name, entry) in entries
            where oldNodeIP != node.nodeIP && !entry.state.service.loadBalancerSourceRanges.isEmpty
                && delta.updated[name] == nil && !delta.removed.contains(name)
            {
                plan.change(
                    elements(of: entry, nodeIP: oldNodeIP), to: elements(of: entry, nodeIP: node.nodeIP))
            }
        }
        for name in delta.removed {
            if let old = entries.removeValue(forKey: name) { replace(old, with: nil, oldNodeIP, &plan) }
            crowded[name] = nil
        }
        for (name, state) in delta.updated {
            let old = entries[name]
            let new = ServiceEntry(state, clusterSlots: old?.clusterSlots ?? [], localSlots: old?.localSlots ?? [])
            entries[name] = new
            replace(old, with: new, oldNodeIP, &plan)
            crowded[name] = new.leavesEndpointsOut ? crowded[name] ?? false : nil
        }
        return plan
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

    /// - Parameter oldNodeIP: the node's address when the old elements were made.
    private mutating func replace(
        _ old: ServiceEntry?, with new: ServiceEntry?, _ oldNodeIP: IPAddress?, _ plan: inout Plan
    ) {
        plan.change(
            old.map { elements(of: $0, nodeIP: oldNodeIP) } ?? [:],
            to: new.map { elements(of: $0, nodeIP: node.nodeIP) } ?? [:])
        if let new {
            addChains(new.balancerChains, &plan)
            if old?.state.service == new.state.service {
                missingSpares.formUnion(new.spareChains.subtracting(balancers))
            } else {
                addChains(new.spareChains, &plan)
            }
        }
        let oldIP = old?.state.service.clusterIP
        let newIP = new?.state.service.clusterIP
        if oldIP != newIP {
            if let newIP, clusterIPUses.retain(newIP) { plan.add(Self.single(newIP), to: .clusterIPs) }
            if let oldIP, clusterIPUses.release(oldIP) { plan.delete(Self.single(oldIP), from: .clusterIPs) }
        }
        hairpins.change(old?.hairpinAddresses ?? [], to: new?.hairpinAddresses ?? [], &plan)
    }

    private mutating func addChains(_ chains: Set<BalancerChain>, _ plan: inout Plan) {
        for needed in chains where !balancers.contains(needed) {
            for chain in needed.block where balancers.insert(chain).inserted {
                plan.addedChains.append(ChainDefinition(name: chain.name, rules: chain.rules(family)))
                plan.add(chain.element, to: chain.kind.map)
            }
        }
    }

    /// What could wait: spare chains, and pairs of @hairpin that are not needed any more.
    mutating func catchUp() -> Plan {
        var plan = Plan()
        addChains(missingSpares, &plan)
        missingSpares = []
        hairpins.deleteStale(&plan)
        return plan
    }

    // MARK: From what the kernel holds

    /// The plan that leads from what the kernel holds to what is wanted, and those that tidy up after it (see
    /// ``TableComparison/finish()``).
    mutating func reconcile(with kernel: KernelTable) throws(DataplaneError) -> (plan: Plan, tidying: [Plan]) {
        let layout = TableDefinition.layout
        let fixed = definition.chains
        if TableComparison.canKeep(kernel, layout, chains: fixed, family: family) {
            adoptSlots(kernel.elements[.endpoints] ?? [:])
        }
        balancers = []
        missingSpares = []
        var needed = Plan()
        for entry in entries.values {
            addChains(entry.balancerChains, &needed)
            addChains(entry.spareChains, &needed)
        }
        var comparison = try TableComparison(kernel, layout, chains: fixed + needed.addedChains, family: family)
        wantElements(&comparison)
        return comparison.finish()
    }

    private mutating func adoptSlots(_ endpoints: [ElementKey: ElementData]) {
        guard !endpoints.isEmpty else { return }
        for (name, entry) in entries {
            let slots = entry.adoptableSlots(endpoints)
            entries[name] = ServiceEntry(entry.state, clusterSlots: slots.cluster, localSlots: slots.local)
        }
    }

    private mutating func wantElements(_ comparison: inout TableComparison) {
        for entry in entries.values { entry.forEachElement(nodeIP: node.nodeIP) { comparison.want($0, $1) } }
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

    private func elements(of entry: ServiceEntry, nodeIP: IPAddress?) -> Elements {
        var elements: Elements = [:]
        entry.forEachElement(nodeIP: nodeIP) { set, element in
            elements[set, default: [:]][element.key] = element.data
        }
        return elements
    }

    /// Elements that come from the node's facts.
    private var nodeElements: Elements {
        [.nodePortIPs: NodePortAddresses.elements(node.nodePortAddresses)]
    }

    /// Begins and ends of @service-cidrs, in order.
    private var serviceCIDRs: [ElementKey] {
        var keys: [ElementKey] = []
        for range in IPNetwork.withoutContained(node.serviceCIDRs.filter { $0.family == family }) {
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
