public import NetworkAddress
public import ServiceModel
internal import TestSupport

/// A random walk over Services that are added, removed and changed in every field, and over endpoints and node facts.
/// It uses few names and addresses, so they often collide. Like the service model, it never gives one frontend to two
/// Services.
public struct RandomServices {
    private var random: SeededGenerator
    public let family: IPFamily
    public private(set) var states: [ServicePortName: ServicePortState] = [:]
    public private(set) var node = NodeFacts()

    public init(seed: UInt64, family: IPFamily) {
        random = SeededGenerator(seed: seed)
        self.family = family
    }

    /// The whole state, as the first delta of a new model.
    public var whole: FamilyDelta { FamilyDelta(updated: ServicePortStates(states), node: node) }

    /// Changes one to three Services, and rarely the node.
    public mutating func step() -> FamilyDelta {
        var delta = FamilyDelta()
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let name = ServicePortName(
                namespace: "walk", name: "s\(number(12))", port: "",
                transport: TransportProtocol.allCases[number(TransportProtocol.allCases.count)])
            guard delta.updated[name] == nil, !delta.removed.contains(name) else { continue }
            if states[name] != nil, random.oneIn(5) {
                states[name] = nil
                delta.removed.insert(name)
            } else {
                let state = states[name].map { changed($0) } ?? new(name)
                guard let state, state != states[name] else { continue }
                states[name] = state
                delta.updated[name] = state
            }
        }
        if random.oneIn(8) {
            node = randomNode()
            delta.node = node
        }
        return delta
    }

    // MARK: Parts

    private mutating func number(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &random) }

    private func address(_ network: UInt128, _ host: UInt128) -> IPAddress {
        let base: UInt128 = family == .ipv4 ? 10 << 24 : 0xFD00 << 112
        return IPAddress(family: family, value: base | network << 16 | host)
    }

    private mutating func new(_ name: ServicePortName) -> ServicePortState? {
        // Services share cluster IPs, as the ports of one Service do.
        let service = ServicePort(
            name: name, clusterIP: address(200, UInt128(1 + number(8))), port: UInt16(80 + number(3)))
        return changed(ServicePortState(service: service), everything: true)
    }

    /// nil if there is no free cluster IP with this port.
    private mutating func changed(_ old: ServicePortState, everything: Bool = false) -> ServicePortState? {
        var state = old
        if everything || random.oneIn(2) { changeEndpoints(&state) }
        if everything || random.oneIn(2) { changeService(&state.service) }
        var service = state.service
        let taken = Set(states.values.filter { $0.service.name != service.name }.flatMap(\.service.frontendKeys))
        let transport = service.name.transport
        func isFree(_ address: IPAddress) -> Bool { !taken.contains(FrontendKey(address, service.port, transport)) }
        guard isFree(service.clusterIP) else { return nil }
        service.externalIPs = service.externalIPs.filter(isFree)
        service.loadBalancerVIPs = service.loadBalancerVIPs.filter(isFree)
        if taken.contains(.nodePort(service.nodePort, transport, family)) { service.nodePort = 0 }
        return Self.state(service, Set(Self.addresses(state)))
    }

    private mutating func changeEndpoints(_ state: inout ServicePortState) {
        let limit = [0, 1, 2, 5, 20, 40][number(6)]
        var endpoints = Set(Self.addresses(state))
        switch number(4) {
        case 0:
            endpoints = []
            for _ in 0..<limit { endpoints.insert(endpoint()) }
        case 1: endpoints.insert(endpoint())
        case 2: if let one = endpoints.sorted().first { endpoints.remove(one) }
        default:
            if let one = endpoints.sorted().last { endpoints.remove(one) }
            endpoints.insert(endpoint())
        }
        state = Self.state(state.service, endpoints)
    }

    private static func addresses(_ state: ServicePortState) -> [EndpointAddress] {
        (state.endpoints(.cluster) + state.endpoints(.local)).map(\.address)
    }

    /// Every third endpoint is here; unused lists are empty, as the model has them.
    private static func state(_ service: ServicePort, _ addresses: Set<EndpointAddress>) -> ServicePortState {
        let all = addresses.sorted().map { Endpoint($0, place: $0.ip.value % 3 == 0 ? .here : .elsewhere) }
        return ServicePortState(
            service: service, cluster: service.uses(.cluster) ? all : [],
            local: service.uses(.local) ? all.filter { $0.place == .here } : [], hasAny: !all.isEmpty)
    }

    private mutating func endpoint() -> EndpointAddress {
        EndpointAddress(address(1, UInt128(1 + number(60))), UInt16(8080 + number(2)))
    }

    private mutating func changeService(_ service: inout ServicePort) {
        switch number(9) {
        case 0: service.port = UInt16(80 + number(3))
        case 1: service.clusterIP = address(200, UInt128(1 + number(8)))
        case 2: service.affinityTimeout = random.oneIn(2) ? nil : [60, 10800][number(2)]
        case 3: service.externalPolicyLocal.toggle()
        case 4: service.internalPolicyLocal.toggle()
        case 5: service.nodePort = random.oneIn(3) ? 0 : UInt16(30000 + number(10))
        case 6: service.externalIPs = (0..<number(3)).map { _ in address(100, UInt128(1 + number(6))) }
        case 7: service.loadBalancerVIPs = (0..<number(3)).map { _ in address(101, UInt128(1 + number(6))) }
        default:
            service.loadBalancerSourceRanges = (0..<number(4)).compactMap { _ in range() }
            service.sourceRangesAdmitNode = !service.loadBalancerSourceRanges.isEmpty && random.oneIn(2)
        }
        service.externalIPs = Array(Set(service.externalIPs)).sorted()
        // The model has an address once.
        service.loadBalancerVIPs = Array(Set(service.loadBalancerVIPs)).sorted()
    }

    private mutating func range() -> IPNetwork? {
        IPNetwork(
            address: address(UInt128(number(4)), UInt128(number(4) << 8)),
            prefixLength: family.bitWidth - [0, 4, 8, 16, 24][number(5)])
    }

    private mutating func randomNode() -> NodeFacts {
        let pods = range()
        return NodeFacts(
            serviceCIDRs: (0..<number(5)).compactMap { _ in
                IPNetwork(
                    address: address(UInt128(200 + number(4)), 0), prefixLength: family.bitWidth - 14 - number(3))
            },
            nodePortAddresses: random.oneIn(2) ? nil : (0..<number(3)).map { address(9, UInt128($0)) },
            localPods: LocalPods(match: pods.map { .source($0) }, networks: pods.map { [$0] } ?? []),
            clusterIPMasquerading: [.nobodys, .everybodys, .allButPodsHere][number(3)])
    }
}
