internal import NetworkAddress
internal import Nftables
internal import NftablesServices
internal import ServiceModel

/// One service port as this backend programs it: virtual servers, and the elements that lead to them.
///
/// - The cluster IP is a virtual server of its own.
/// - External addresses and the node port share virtual servers that are keyed by a mark. So an endpoint is in at most
///   three of them, and the endpoints can depend on the client.
/// - With session affinity, external addresses are virtual servers of their own: the kernel does not translate ports
///   for persistent virtual servers that are keyed by a mark. Where a mark is necessary (node ports; pods and the node
///   under a Local policy), clients keep their endpoint by consistent hashing of their address (mh).
struct ServiceServers {
    let state: ServicePortState
    /// nil if the port needs none.
    let number: UInt32?
    let scheduling: IPVSScheduling
    /// The scheduler that stands in for persistence.
    let hashing: IPVSScheduling
    /// Schedulers that know no weights, with those that take their place where there are some.
    var weighting: [IPVSScheduler: IPVSScheduler] = IPVSScheduler.weighted
    let masqueradeMark: UInt32
    /// Addresses of the host itself, which are virtual servers of nobody.
    let hostAddresses: Set<IPAddress>

    private var service: ServicePort { state.service }

    /// The same with another number.
    func withNumber(_ number: UInt32) -> ServiceServers {
        ServiceServers(
            state: state, number: number, scheduling: scheduling, hashing: hashing, weighting: weighting,
            masqueradeMark: masqueradeMark, hostAddresses: hostAddresses)
    }

    private func mark(_ use: ServiceMark.Use) -> UInt32? {
        number.map { ServiceMark(number: $0, use: use).value }
    }

    /// How connections to a frontend find their virtual server.
    private enum Way {
        /// By the address itself.
        case address
        /// By a mark, which the frontend shares with others.
        case mark
    }

    private func way(to frontend: Frontend) -> Way {
        switch frontend.kind {
        case .clusterIP: .address
        case .externalIP, .loadBalancerIP:
            service.affinityTimeout == nil || hostAddresses.contains(frontend.key.ip) ? .mark : .address
        case .nodePort: .mark
        }
    }

    private func use(_ frontend: Frontend) -> ServiceMark.Use { frontend.dependsOnOrigin ? .local : .cluster }

    // MARK: Virtual servers

    func forEachServer(_ emit: (VirtualServerKey, VirtualServer) -> Void) {
        func server(_ list: EndpointList, _ settings: VirtualServerSettings) -> VirtualServer {
            // Those of weight 0 drain, as those that are gone.
            let endpoints = state.choices(list)
            var settings = settings
            if state.needsWeights(list) { settings.weigh(with: weighting) }
            var weights: [EndpointAddress: UInt16] = [:]
            weights.reserveCapacity(endpoints.count)
            for endpoint in endpoints { weights[endpoint.address] = endpoint.weight }
            return VirtualServer(settings: settings, endpoints: weights)
        }
        let keyed = VirtualServerSettings(scheduling, affinityTimeout: service.affinityTimeout)
        let marked = service.affinityTimeout == nil ? keyed : VirtualServerSettings(hashing)
        var shared: Set<ServiceMark.Use> = []
        service.forEachFrontend { frontend in
            switch way(to: frontend) {
            case .address: emit(.frontend(frontend.key), server(frontend.outside, keyed))
            case .mark:
                if let mark = mark(use(frontend)), shared.insert(use(frontend)).inserted {
                    emit(.mark(mark), server(frontend.outside, marked))
                }
            }
            if frontend.dependsOnOrigin, let mark = mark(.shortCircuit), shared.insert(.shortCircuit).inserted {
                emit(.mark(mark), server(frontend.inside, marked))
            }
        }
    }

    // MARK: Elements

    /// Hands over every element that is this port's alone.
    func forEachElement(_ emit: (SetName, Element) -> Void) {
        let comment = service.name.description
        func put(_ set: SetName, _ frontend: Frontend, _ value: ElementValue = .none) {
            emit(set, Element(key: ElementKey(frontend.key), data: ElementData(value: value, comment: comment)))
        }
        service.forEachFrontend { frontend in
            switch state.outcome(of: frontend, for: .elsewhere) {
            case .balance: break
            case .drop: put(.noLocalEndpoints, frontend)
            // Other addresses are ours alone: what IPVS leaves alone there is refused by one rule for all.
            case .reject: if frontend.kind == .nodePort { put(.emptyNodePorts, frontend) }
            }
            guard frontend.kind != .clusterIP else { return }
            switch way(to: frontend) {
            case .mark: if let mark = mark(use(frontend)) { put(.marks, frontend, .mark(mark)) }
            case .address: if !frontend.dependsOnOrigin { put(.marks, frontend, .mark(masqueradeMark)) }
            }
            if frontend.dependsOnOrigin, let mark = mark(.shortCircuit) {
                put(.shortCircuitMarks, frontend, .mark(mark))
            }
        }
        Firewall.forEachElement(of: service, emit)
    }

    /// The numbers that the kernel's maps have for this port.
    func adoptableNumber(_ elements: [SetName: [ElementKey: ElementData]]) -> UInt32? {
        for set in [SetName.marks, .shortCircuitMarks] {
            for key in service.frontendKeys.dropFirst() {
                guard case .mark(let value)? = elements[set]?[ElementKey(key)]?.value,
                    let mark = ServiceMark(value: value)
                else { continue }
                return mark.number
            }
        }
        return nil
    }
}
