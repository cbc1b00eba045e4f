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

    /// Places the endpoints of a state, keeping the slots that they had before.
    init(_ state: ServicePortState, after old: ServiceEntry?) {
        self.init(state, clusterSlots: old?.clusterSlots ?? [], localSlots: old?.localSlots ?? [])
    }

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

    var service: ServicePort { state.service }

    /// A way to the service: an address and port, or a node port under a zero address.
    func key(_ address: IPAddress?, slot: UInt32 = 0) -> ElementKey {
        ElementKey(
            address: address?.value ?? 0, slot: slot, port: address == nil ? service.nodePort : service.port,
            transport: service.name.transport.rawValue)
    }

    /// Addresses that outsiders use; nil stands for the node port.
    var externalAddresses: [IPAddress?] {
        service.externalIPs + service.loadBalancerVIPs + (service.nodePort == 0 ? [] : [nil])
    }

    /// The addresses of endpoints that may reach themselves, for @hairpin.
    var hairpinAddresses: Set<IPAddress> { Set(state.endpointsOnThisNode.map(\.ip)) }

    /// The same with the slots that the kernel holds for this service's addresses.
    func adoptingSlots(_ endpoints: [ElementKey: ElementData]) -> ServiceEntry {
        let slots = adoptableSlots(endpoints)
        return ServiceEntry(state, clusterSlots: slots.cluster, localSlots: slots.local)
    }

    private func adoptableSlots(
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
}
