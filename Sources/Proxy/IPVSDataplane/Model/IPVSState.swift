internal import KubeAPI
internal import LinuxSystem
internal import NetworkAddress
internal import Nftables
internal import NftablesServices
internal import ServiceModel

/// The desired state of the kernel for one IP family, and the changes that lead to it. Pure: the dataplane carries them
/// out.
struct IPVSState: Sendable {
    typealias Servers = [VirtualServerKey: VirtualServer]

    let configuration: IPVSConfiguration
    private(set) var node = NodeFacts()
    private(set) var states: [ServicePortName: ServicePortState] = [:]
    private(set) var marks = NumberAssignment(below: ServiceMark.capacity - 1)
    private(set) var draining: Draining
    /// Schedulers that the kernel does not have.
    var missingSchedulers: Set<IPVSScheduler> = []
    /// Addresses of the host that are on other devices than ours.
    private(set) var hostAddresses: Set<IPAddress> = []
    private var clusterIPUses = UseCounts<IPAddress>()
    private var addressUses = UseCounts<IPAddress>()
    private var hairpins = HairpinPairs()
    /// Addresses in @service-ips that no service has any more; they stay there until their virtual servers are gone, so
    /// that these are known as ours whatever happens meanwhile.
    private(set) var retiredAddresses: Set<IPAddress> = []

    init(configuration: IPVSConfiguration) {
        self.configuration = configuration
        draining = Draining(timeout: configuration.drainTimeout)
    }

    private var family: IPFamily { configuration.family }

    var table: ServiceTable { ServiceTable(configuration: configuration, node: node) }

    // MARK: A change

    /// What a change asks for, in the order in which it is carried out.
    struct Changes: Sendable {
        /// New addresses, noted as ours before anything else is done.
        var notes = Plan()
        var servers = IPVSPlan()
        /// From here on connections are sent elsewhere.
        var removedAddresses: Set<IPAddress> = []
        var table = Plan()
        var addedAddresses: Set<IPAddress> = []
    }

    /// Takes a change over.
    mutating func apply(_ delta: FamilyDelta, now: Draining.Instant) -> Changes {
        var changes = Changes()
        var old = Slice()
        var new = Slice()
        let affected = affectedNames(delta)
        for name in affected { add(name, to: &old) }
        let oldTable = table
        let oldNode = node
        take(delta)
        if delta.node != nil {
            for (before, after) in zip(oldTable.chains, table.chains) where before != after {
                changes.table.rewrittenChains.append(after)
            }
            changes.table.change(Self.elements(of: oldNode), to: Self.elements(of: node))
        }
        for name in affected {
            add(name, to: &new)
            if states[name] == nil { marks.release(name) }
        }
        changes.table.change(old.elements, to: new.elements)
        changes.servers = IPVSPlan(
            from: old.servers.mapValues { KernelServer($0) }, to: new.servers, &draining, now: now)
        count(affected, old, new, &changes)
        return changes
    }

    /// The service ports whose virtual servers or elements may differ after a change.
    private func affectedNames(_ delta: FamilyDelta) -> Set<ServicePortName> {
        delta.removed.filter { states[$0] != nil }.union(delta.updated.keys)
    }

    private mutating func take(_ delta: FamilyDelta) {
        if let facts = delta.node { node = facts }
        for name in delta.removed { states[name] = nil }
        for (name, state) in delta.updated { states[name] = state }
    }

    /// Brings the counts of addresses up to date; the plan gets what begins and ends to be needed.
    private mutating func count(
        _ affected: Set<ServicePortName>, _ old: Slice, _ new: Slice, _ changes: inout Changes
    ) {
        for address in new.clusterIPs where clusterIPUses.retain(address) {
            changes.table.add(Self.single(address), to: .clusterIPs)
        }
        for address in old.clusterIPs where clusterIPUses.release(address) {
            changes.table.delete(Self.single(address), from: .clusterIPs)
        }
        var before: Set<IPAddress> = []
        for address in old.addresses + new.addresses where addressUses.contains(address) { before.insert(address) }
        for address in new.addresses { _ = addressUses.retain(address) }
        for address in old.addresses { _ = addressUses.release(address) }
        for address in Set(new.addresses).subtracting(before).subtracting(hostAddresses) {
            changes.addedAddresses.insert(address)
            if retiredAddresses.remove(address) == nil { changes.notes.add(Self.single(address), to: .serviceIPs) }
        }
        for address in before.subtracting(hostAddresses) where !addressUses.contains(address) {
            changes.removedAddresses.insert(address)
            retiredAddresses.insert(address)
        }
        for name in affected {
            hairpins.change(old.hairpins[name] ?? [], to: new.hairpins[name] ?? [], &changes.table)
        }
    }

    /// What some service ports make of the kernel, together.
    private struct Slice {
        var servers: Servers = [:]
        var elements: [SetName: [ElementKey: ElementData]] = [:]
        var clusterIPs: [IPAddress] = []
        /// One for each use.
        var addresses: [IPAddress] = []
        var hairpins: [ServicePortName: Set<IPAddress>] = [:]
    }
}

// MARK: What is wanted

extension IPVSState {
    private mutating func add(_ name: ServicePortName, to slice: inout Slice) {
        guard let servers = servers(of: name) else { return }
        servers.forEachServer { slice.servers[$0] = $1 }
        servers.forEachElement { slice.elements[$0, default: [:]][$1.key] = $1.data }
        slice.clusterIPs.append(servers.state.service.clusterIP)
        slice.addresses += servers.state.service.addresses
        slice.hairpins[name] = servers.state.hairpinAddresses
    }

    mutating func servers(of name: ServicePortName) -> ServiceServers? {
        guard let state = states[name] else { return nil }
        let substitute = Self.hashing.first { !missingSchedulers.contains($0) }
        return ServiceServers(
            state: state, number: state.service.frontendKeys.count > 1 ? marks.number(of: name) : nil,
            scheduling: available(scheduling(of: state.service)) ?? configuration.scheduling,
            hashing: substitute.map { IPVSScheduling($0) } ?? configuration.scheduling,
            weighting: IPVSScheduler.weighted.filter { !missingSchedulers.contains($0.value) },
            masqueradeMark: configuration.masqueradeMark, hostAddresses: hostAddresses)
    }

    /// Schedulers that keep a client at its endpoint, the better one first.
    static let hashing: [IPVSScheduler] = [.maglevHashing, .sourceHashing]

    /// What a Service asks for.
    ///
    /// - Parameter report: takes an annotation and what is wrong with it.
    func scheduling(
        of service: ServicePort, report: (String, String) -> Void = { _, _ in }
    ) -> IPVSScheduling? {
        SchedulerAnnotations.read(service.annotations, default: configuration.scheduling, report: report)
    }

    private func available(_ scheduling: IPVSScheduling?) -> IPVSScheduling? {
        scheduling.flatMap { missingSchedulers.contains($0.scheduler) ? nil : $0 }
    }

    /// Every virtual server.
    mutating func wantedServers() -> Servers {
        var servers: Servers = [:]
        servers.reserveCapacity(states.count + states.count / 4)
        for name in states.keys { self.servers(of: name)?.forEachServer { servers[$0] = $1 } }
        return servers
    }

    /// What the device shall hold.
    var wantedAddresses: Set<IPAddress> { Set(addressUses.items).subtracting(hostAddresses) }

    private static func elements(of node: NodeFacts) -> [SetName: [ElementKey: ElementData]] {
        [.nodePortIPs: NodePortAddresses.elements(node.nodePortAddresses)]
    }

    private static func single(_ address: IPAddress) -> Element { Element(key: ElementKey(address: address.value)) }
}

// MARK: From what the kernel holds

extension IPVSState {
    /// Takes over which addresses are on other devices. True if that changed; the table then has to be compared.
    mutating func setHostAddresses(_ addresses: Set<IPAddress>) -> Bool {
        let changed = hostAddresses.symmetricDifference(addresses)
        hostAddresses = addresses
        return changed.contains { addressUses.contains($0) }
    }

    /// Whether a change brings addresses that may be the host's own.
    func hasNewExternalAddresses(_ delta: FamilyDelta) -> Bool {
        delta.updated.values.contains { state in
            state.service.addresses.dropFirst().contains { !addressUses.contains($0) }
        }
    }

    /// Takes over the numbers that the kernel's maps have; before anything else is made of the services.
    mutating func adoptMarks(_ kernel: KernelTable) {
        var adopted = NumberAssignment(below: ServiceMark.capacity - 1)
        for name in states.keys.sorted() {
            guard let number = servers(of: name)?.adoptableNumber(kernel.elements) else { continue }
            adopted.adopt(number, for: name)
        }
        marks = adopted
    }

    /// The plan that leads from what the kernel holds of the table to what is wanted, and those that tidy up.
    mutating func reconcile(with kernel: KernelTable) throws(SystemError) -> (plan: Plan, tidying: [Plan]) {
        let chains = table.chains
        var comparison = try TableComparison(kernel, ServiceTable.layout, chains: chains, family: family)
        for name in states.keys {
            servers(of: name)?.forEachElement { comparison.want($0, $1) }
        }
        for address in clusterIPUses.items { comparison.want(.clusterIPs, Self.single(address)) }
        let wanted = wantedAddresses
        retiredAddresses = Set(
            (kernel.elements[.serviceIPs] ?? [:]).keys.map { IPAddress(family: family, value: $0.address) }
        ).subtracting(wanted)
        for address in wanted.union(retiredAddresses) { comparison.want(.serviceIPs, Self.single(address)) }
        for (set, elements) in Self.elements(of: node) {
            for (key, data) in elements { comparison.want(set, Element(key: key, data: data)) }
        }
        hairpins.want(&comparison)
        return comparison.finish()
    }

    /// What could wait: pairs of @hairpin that are not needed any more.
    mutating func catchUp() -> Plan {
        var plan = Plan()
        hairpins.deleteStale(&plan)
        return plan
    }

    /// Forgets the addresses whose virtual servers are gone now.
    mutating func forgetRetiredAddresses() -> Plan {
        var plan = Plan()
        for address in retiredAddresses.sorted() { plan.delete(Self.single(address), from: .serviceIPs) }
        retiredAddresses = []
        return plan
    }

    /// What leads from the virtual servers in the kernel to what is wanted. Those of others are left alone: not ours
    /// are marks outside our range, and addresses that are neither on our device nor noted as ours.
    ///
    /// - Parameter deviceAddresses: what the device holds.
    mutating func plan(
        from kernel: [VirtualServerKey: KernelServer], deviceAddresses: Set<IPAddress>, now: Draining.Instant
    ) -> IPVSPlan {
        let wanted = wantedServers()
        let ours = kernel.filter { wanted[$0.key] != nil || owns($0.key, deviceAddresses) }
        draining.retain { ours[$0]?.endpoints[$1] != nil }
        return IPVSPlan(from: ours, to: wanted, &draining, now: now)
    }

    /// Whether a virtual server that no service wants is ours.
    func owns(_ key: VirtualServerKey, _ deviceAddresses: Set<IPAddress>) -> Bool {
        switch key {
        case .mark(let value): ServiceMark(value: value) != nil
        case .frontend(let key):
            (deviceAddresses.contains(key.ip) || retiredAddresses.contains(key.ip)
                || addressUses.contains(key.ip) && !hostAddresses.contains(key.ip))
                && !configuration.excludedNetworks.contains { $0.contains(key.ip) }
        }
    }

    /// What to tell the owner of a Service that asks for a scheduler in vain.
    static func problem(withScheduler scheduler: IPVSScheduler, of name: ServicePortName) -> ServiceProblem {
        problem(
            withAnnotation: SchedulerAnnotations.scheduler,
            "this kernel has no scheduler \(scheduler.rawValue) (module ip_vs_\(scheduler.rawValue)); the default is "
                + "used", of: name)
    }

    static func problem(
        withAnnotation annotation: String, _ text: String, of name: ServicePortName
    ) -> ServiceProblem {
        ServiceProblem(
            kind: .service, key: ObjectKey(namespace: name.namespace, name: name.name), reason: .invalidField,
            message: "metadata.annotations[\(annotation)]: \(text)")
    }

    /// What to tell the owner of an endpoint that the kernel refuses; nil for one of no Service.
    func problem(with endpoint: EndpointAddress, of key: VirtualServerKey) -> ServiceProblem? {
        let owner: ServicePortName? =
            switch key {
            case .mark(let value): ServiceMark(value: value).flatMap { marks.name(of: $0.number) }
            case .frontend(let key): states.values.first { $0.service.frontendKeys.contains(key) }?.service.name
            }
        return owner.map {
            ServiceProblem(
                kind: .service, key: ObjectKey(namespace: $0.namespace, name: $0.name), reason: .invalidAddress,
                message: "the kernel takes no connections to the endpoint \(endpoint); it is left out")
        }
    }

    // MARK: Flows

    /// Deletes draining UDP and SCTP endpoints that are gone: a flow to them would never end by itself.
    mutating func forget(_ flows: StaleFamilyFlows) -> IPVSPlan {
        var plan = IPVSPlan()
        for (key, endpoints) in draining.servers {
            let frontends = frontends(of: key).filter { $0.transport != .tcp }
            for endpoint in endpoints.keys where frontends.contains(where: { flows.isGone(endpoint, from: $0) }) {
                draining.remove(endpoint, of: key)
                plan.deletions.append(.removeEndpoint(key, endpoint))
            }
        }
        return plan
    }

    /// The virtual servers that have some endpoint, or let it drain, with their protocol.
    mutating func servers(with ends: Set<FlowEnd>) -> [VirtualServerKey: TransportProtocol] {
        var found: [VirtualServerKey: TransportProtocol] = [:]
        let addresses = Set(ends.map(\.address))
        for name in states.keys {
            servers(of: name)?.forEachServer { key, server in
                let isConcerned =
                    server.endpoints.keys.contains(where: addresses.contains)
                    || draining.servers[key]?.keys.contains(where: addresses.contains) == true
                if isConcerned { found[key] = name.transport }
            }
        }
        return found
    }

    /// Ends connections to an endpoint that has had no new ones for long enough.
    mutating func cut(_ flows: UnwantedFlows) -> IPVSPlan {
        var plan = IPVSPlan()
        for (key, endpoints) in draining.servers where endpoints[flows.endpoint.address] != nil {
            let isConcerned = frontends(of: key).contains {
                $0.transport == flows.endpoint.transport && flows.frontends.contains($0)
            }
            guard isConcerned else { continue }
            draining.remove(flows.endpoint.address, of: key)
            plan.deletions.append(.removeEndpoint(key, flows.endpoint.address))
        }
        return plan
    }

    /// What leads to a virtual server.
    private func frontends(of key: VirtualServerKey) -> [FrontendKey] {
        switch key {
        case .frontend(let key): return [key]
        case .mark(let value):
            guard let number = ServiceMark(value: value)?.number, let name = marks.name(of: number),
                let service = states[name]?.service
            else { return [] }
            return Array(service.frontendKeys.dropFirst())
        }
    }
}
