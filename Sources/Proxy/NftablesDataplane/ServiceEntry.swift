internal import NetworkAddress
internal import Nftables
internal import NftablesServices
internal import ServiceModel

/// One service port as this backend programs it: its state and the slots of its endpoints.
struct ServiceEntry: Hashable, Sendable {
    var state: ServicePortState
    /// For the Cluster policy.
    var clusterSlots: [EndpointAddress]
    /// For the Local policy.
    var localSlots: [EndpointAddress]

    /// Places the endpoints of a state, keeping the slots that they have.
    init(_ state: ServicePortState, clusterSlots: [EndpointAddress] = [], localSlots: [EndpointAddress] = []) {
        let assign = state.service.affinityTimeout == nil ? SlotAssignment.plain : SlotAssignment.affine
        func place(_ wanted: [EndpointAddress], _ current: [EndpointAddress]) -> [EndpointAddress] {
            assign(
                current,
                wanted.count > BalancerChain.maximumCount
                    ? Array(wanted.prefix(BalancerChain.maximumCount)) : wanted)
        }
        self.state = state
        self.clusterSlots = place(state.clusterEndpoints, clusterSlots)
        self.localSlots = place(state.localEndpoints, localSlots)
    }

    /// Whether there are more endpoints than a chain can choose from.
    var leavesEndpointsOut: Bool {
        max(state.clusterEndpoints.count, state.localEndpoints.count) > BalancerChain.maximumCount
    }

    private var service: ServicePort { state.service }

    private var internalSlots: [EndpointAddress] { service.internalPolicyLocal ? localSlots : clusterSlots }

    /// A way to the service: an address and port, or a node port under a zero address.
    private func key(_ address: IPAddress?, slot: UInt32 = 0) -> ElementKey {
        ElementKey(
            address: address?.value ?? 0, slot: slot, port: address == nil ? service.nodePort : service.port,
            transport: service.name.transport.rawValue)
    }

    /// Addresses that outsiders use; nil stands for the node port.
    private var externalAddresses: [IPAddress?] {
        service.externalIPs + service.loadBalancerVIPs + (service.nodePort == 0 ? [] : [nil])
    }

    /// Every address that connections of this service may be sent to, for @hairpin.
    var hairpinAddresses: Set<IPAddress> {
        Set(clusterSlots.map(\.ip)).union(localSlots.map(\.ip))
    }

    /// The slots that the kernel holds for this service's addresses.
    func adoptableSlots(
        _ endpoints: [ElementKey: ElementData]
    ) -> (cluster: [EndpointAddress], local: [EndpointAddress]) {
        func slots(_ address: IPAddress?, from base: UInt32) -> [EndpointAddress] {
            var found: [EndpointAddress] = []
            while case .destination(let ip, let port)? = endpoints[key(address, slot: base + UInt32(found.count))]?
                .value
            {
                found.append(EndpointAddress(ip, port))
            }
            return found
        }
        let viaClusterIP = slots(service.clusterIP, from: 0)
        guard let external = externalAddresses.first else {
            return service.internalPolicyLocal ? ([], viaClusterIP) : (viaClusterIP, [])
        }
        return service.internalPolicyLocal
            ? (slots(external, from: 0), viaClusterIP)
            : (viaClusterIP, slots(external, from: BalancerKind(isLocal: true).firstSlot))
    }

    /// The chains that connections to this service go to.
    var balancerChains: Set<BalancerChain> {
        var chains: Set<BalancerChain> = []
        forEachList { _, kind, slots in
            if !slots.isEmpty { chains.insert(chain(slots.count, kind)) }
        }
        return chains
    }

    /// The chains that this service may need when a few endpoints come or go.
    var spareChains: Set<BalancerChain> {
        let hasAffinity = service.affinityTimeout != nil
        var counts: [Bool: Set<Int>] = [:]
        var chains: Set<BalancerChain> = []
        forEachList { address, kind, slots in
            let isInternalLocal = !kind.isLocal && address == service.clusterIP && service.internalPolicyLocal
            let usesLocalSlots = kind.isLocal || isInternalLocal
            let spares =
                counts[usesLocalSlots]
                ?? (hasAffinity ? SlotAssignment.affineCounts(near: slots) : BalancerChain.counts(near: slots.count))
            counts[usesLocalSlots] = spares
            for count in spares where count <= BalancerChain.maximumCount {
                chains.insert(chain(count, kind))
            }
        }
        return chains
    }

    private func chain(_ count: Int, _ kind: BalancerKind) -> BalancerChain {
        BalancerChain(count: count, kind: kind, affinityTimeout: service.affinityTimeout)
    }

    /// Each list of endpoints behind each address.
    private func forEachList(_ body: (IPAddress?, BalancerKind, [EndpointAddress]) -> Void) {
        body(service.clusterIP, BalancerKind(), internalSlots)
        for address in externalAddresses {
            body(address, BalancerKind(isNodePort: address == nil), clusterSlots)
            if service.externalPolicyLocal {
                body(address, BalancerKind(isNodePort: address == nil, isLocal: true), localSlots)
            }
        }
    }

    /// Hands over every element that is this service's alone.
    ///
    /// - Parameter nodeIP: decides whether the node itself is within the load balancer source ranges.
    func forEachElement(nodeIP: IPAddress?, _ emit: (SetName, Element) -> Void) {
        let name = service.name.description
        if internalSlots.isEmpty { emitRejection(service.clusterIP, isLocal: false, name, emit) }
        for address in externalAddresses {
            emit(
                service.externalPolicyLocal ? .externalLocalIPs : .externalIPs,
                Element(key: key(address), data: ElementData(comment: name)))
            if (service.externalPolicyLocal ? localSlots : clusterSlots).isEmpty {
                emitRejection(address, isLocal: service.externalPolicyLocal, name, emit)
            }
        }
        forEachList { address, kind, slots in
            guard !slots.isEmpty else { return }
            emit(
                .endpointCounts,
                Element(
                    key: key(address, slot: kind.policy),
                    data: ElementData(value: .mark(chain(slots.count, kind).code), comment: name)))
            for (slot, endpoint) in slots.enumerated() {
                emit(
                    .endpoints,
                    Element(
                        key: key(address, slot: kind.firstSlot + UInt32(slot)),
                        data: ElementData(value: .destination(endpoint.ip, endpoint.port))))
            }
        }
        SourceRanges.forEachElement(of: service, nodeIP: nodeIP, emit)
    }

    /// Without any endpoint a connection is refused; with endpoints that the policy forbids it is dropped. Dropping
    /// stands in the place of the count, so that the first endpoint here, or the last, changes one set less.
    private func emitRejection(
        _ address: IPAddress?, isLocal: Bool, _ name: String, _ emit: (SetName, Element) -> Void
    ) {
        if state.hasAnyEndpoints {
            emit(
                .endpointCounts,
                Element(
                    key: key(address, slot: BalancerKind(isLocal: isLocal).policy),
                    data: ElementData(value: .mark(BalancerKind.noneHere), comment: name)))
        } else {
            emit(.noEndpoints, Element(key: key(address), data: ElementData(comment: name)))
        }
    }
}
