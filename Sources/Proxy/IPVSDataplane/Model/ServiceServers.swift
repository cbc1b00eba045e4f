internal import NetworkAddress
internal import Nftables
internal import NftablesServices
internal import ServiceModel

/// One service port as this backend programs it: virtual servers, and the elements that lead to them.
///
/// - The cluster IP is a virtual server of its own.
/// - External addresses and the node port share virtual servers that are keyed by a mark, so that an endpoint stands in
///   at most three of them, and the endpoints may depend on who asks.
/// - With session affinity external addresses are virtual servers of their own: the kernel does not translate ports
///   for those that are persistent and keyed by a mark. Where a mark is needed all the same (node ports, pods and
///   the node under a Local policy), clients keep their endpoint by consistent hashing of their address (mh).
struct ServiceServers {
    let state: ServicePortState
    /// nil if the port needs none.
    let number: UInt32?
    let scheduling: IPVSScheduling
    /// The scheduler that stands in for persistence.
    let hashing: IPVSScheduling
    let masqueradeMark: UInt32
    /// Addresses of the host itself, which are virtual servers of nobody.
    let hostAddresses: Set<IPAddress>

    private var service: ServicePort { state.service }

    /// Whether a port needs a number for marks.
    static func needsMark(_ service: ServicePort) -> Bool { service.isExternallyAccessible }

    /// All addresses of the service.
    static func addresses(of service: ServicePort) -> [IPAddress] {
        [service.clusterIP] + service.externalIPs + service.loadBalancerVIPs
    }

    private var externalAddresses: [IPAddress] { service.externalIPs + service.loadBalancerVIPs }

    /// External addresses that are virtual servers of their own.
    private var keyedAddresses: [IPAddress] {
        service.affinityTimeout == nil ? [] : externalAddresses.filter { !hostAddresses.contains($0) }
    }

    /// What leads to the virtual server of a mark; nil stands for the node port.
    private var markedFrontends: [IPAddress?] {
        let addresses: [IPAddress?] =
            service.affinityTimeout == nil ? externalAddresses : externalAddresses.filter(hostAddresses.contains)
        return addresses + nodePort
    }

    private var externalFrontends: [IPAddress?] { externalAddresses + nodePort }
    private var nodePort: [IPAddress?] { service.nodePort == 0 ? [] : [nil] }

    private func mark(_ use: ServiceMark.Use) -> UInt32? {
        number.map { ServiceMark(number: $0, use: use).value }
    }

    // MARK: Virtual servers

    func forEachServer(_ emit: (VirtualServerKey, VirtualServer) -> Void) {
        func server(_ endpoints: [EndpointAddress], _ settings: VirtualServerSettings) -> VirtualServer {
            var weights: [EndpointAddress: UInt16] = [:]
            weights.reserveCapacity(endpoints.count)
            for endpoint in endpoints { weights[endpoint] = service.ipvs?.weight(of: endpoint.ip) ?? 1 }
            return VirtualServer(settings: settings, endpoints: weights)
        }
        let keyed = VirtualServerSettings(scheduling, affinityTimeout: service.affinityTimeout)
        let marked = service.affinityTimeout == nil ? keyed : VirtualServerSettings(hashing)
        emit(key(service.clusterIP), server(state.internalEndpoints, keyed))
        for address in keyedAddresses { emit(key(address), server(state.externalEndpoints, keyed)) }
        let outside: ServiceMark.Use = service.externalPolicyLocal ? .local : .cluster
        if !markedFrontends.isEmpty, let mark = mark(outside) {
            emit(.mark(mark), server(state.externalEndpoints, marked))
        }
        if service.externalPolicyLocal, !externalFrontends.isEmpty, let mark = mark(.shortCircuit) {
            emit(.mark(mark), server(state.clusterEndpoints, marked))
        }
    }

    private func key(_ address: IPAddress) -> VirtualServerKey {
        .address(address, port: service.port, transport: service.name.transport.rawValue)
    }

    // MARK: Elements

    /// Hands over every element that is this port's alone.
    ///
    /// - Parameter nodeIP: decides whether the node itself is within the load balancer source ranges.
    func forEachElement(nodeIP: IPAddress?, _ emit: (SetName, Element) -> Void) {
        let comment = service.name.description
        func put(_ set: SetName, _ address: IPAddress?, _ value: ElementValue = .none) {
            emit(set, Element(key: element(address), data: ElementData(value: value, comment: comment)))
        }
        let hasOthersOnly = state.hasAnyEndpoints
        if service.internalPolicyLocal, state.localEndpoints.isEmpty, hasOthersOnly {
            put(.noLocalEndpoints, service.clusterIP)
        }
        if service.nodePort != 0, !state.hasAnyEndpoints { put(.emptyNodePorts, nil) }
        if let mark = mark(service.externalPolicyLocal ? .local : .cluster) {
            for frontend in markedFrontends { put(.marks, frontend, .mark(mark)) }
        }
        if service.externalPolicyLocal {
            if let mark = mark(.shortCircuit) {
                for frontend in externalFrontends { put(.shortCircuitMarks, frontend, .mark(mark)) }
            }
            if state.localEndpoints.isEmpty, hasOthersOnly {
                for frontend in externalFrontends { put(.noLocalEndpoints, frontend) }
            }
        } else {
            for address in keyedAddresses { put(.marks, address, .mark(masqueradeMark)) }
        }
        SourceRanges.forEachElement(of: service, nodeIP: nodeIP, emit)
    }

    private func element(_ address: IPAddress?) -> ElementKey {
        ElementKey(
            address: address?.value ?? 0, port: address == nil ? service.nodePort : service.port,
            transport: service.name.transport.rawValue)
    }

    /// The numbers that the kernel's maps have for this port.
    func adoptableNumber(_ elements: [SetName: [ElementKey: ElementData]]) -> UInt32? {
        for set in [SetName.marks, .shortCircuitMarks] {
            for frontend in externalFrontends {
                guard case .mark(let value)? = elements[set]?[element(frontend)]?.value,
                    let mark = ServiceMark(value: value)
                else { continue }
                return mark.number
            }
        }
        return nil
    }
}
