internal import Dataplane
internal import NetworkAddress
internal import Nftables
internal import NftablesServices
internal import ServiceModel

/// One service port as this backend programs it: its state and the slots of its endpoints.
struct ServiceEntry: Hashable, Sendable {
    var state: ServicePortState
    /// What clients are remembered by, whatever address they ask; nil: they are not.
    var affinityNumber: UInt32?
    private var clusterSlots: [Endpoint]
    private var localSlots: [Endpoint]

    /// Places the endpoints of a state, keeping the slots that they had before.
    init(_ state: ServicePortState, after old: ServiceEntry?) {
        self.init(state) { old?.slots($0) ?? [] }
    }

    /// Places the endpoints of a state.
    ///
    /// - Parameter current: the endpoints in the slots of a list; they keep them where they can.
    init(_ state: ServicePortState, keeping current: (EndpointList) -> [Endpoint] = { _ in [] }) {
        let assign = state.service.affinityTimeout == nil ? SlotAssignment.plain : SlotAssignment.affine
        func place(_ list: EndpointList) -> [Endpoint] {
            assign(current(list), SlotAssignment.Wanted(state.choices(list)))
        }
        self.state = state
        clusterSlots = place(.cluster)
        localSlots = place(.local)
    }

    /// Whether there are more endpoints than a chain can choose from.
    var leavesEndpointsOut: Bool {
        EndpointList.allCases.contains { state.choices($0).count > BalancerChain.maximumCount }
    }

    var service: ServicePort { state.service }

    func slots(_ list: EndpointList) -> [Endpoint] { list == .local ? localSlots : clusterSlots }

    /// The same with the slots that the kernel holds for this service's addresses.
    func adoptingSlots(_ endpoints: [ElementKey: ElementData]) -> ServiceEntry {
        var found: [EndpointList: [Endpoint]] = [:]
        // Each list stands behind some frontend; all that share it have the same slots.
        forEachPath { path in
            if found[path.list] == nil { found[path.list] = adoptableSlots(path, endpoints) }
        }
        var adopted = ServiceEntry(state) { found[$0] ?? [] }
        adopted.affinityNumber = affinityNumber
        return adopted
    }

    /// The number that the kernel holds for this service's addresses.
    func adoptableNumber(_ numbers: [ElementKey: ElementData]) -> UInt32? {
        for key in service.frontendKeys {
            if case .mark(let number)? = numbers[ElementKey(key)]?.value { return number }
        }
        return nil
    }

    private func adoptableSlots(_ path: Path, _ endpoints: [ElementKey: ElementData]) -> [Endpoint] {
        var found: [Endpoint] = []
        while case .destination(let ip, let port)? = endpoints[path.key(slot: found.count)]?.value {
            found.append(Endpoint(EndpointAddress(ip, port)))
        }
        return found
    }
}
