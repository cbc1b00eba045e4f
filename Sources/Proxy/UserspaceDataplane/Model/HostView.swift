import NetworkAddress
import ServiceModel

/// Where a client is.
enum ClientOrigin: Hashable, Sendable {
    case node
    /// In a pod, as far as its address tells.
    case pod
    case outside
}

/// What decisions about single clients need to know of the host. A value.
struct HostView: Sendable {
    let localTraffic: LocalTrafficDetector
    private(set) var node = NodeFacts()
    /// The node's own, without those that are there for Services only.
    private(set) var localAddresses: Set<IPAddress> = []
    private(set) var serviceAddresses: Set<IPAddress> = []
    private(set) var listeners: Set<ListenerKey> = []

    init(localTraffic: LocalTrafficDetector) {
        self.localTraffic = localTraffic
    }

    /// Takes a change over; `state` already has it.
    mutating func apply(_ plan: UserspacePlan, of state: UserspaceState) {
        node = state.node
        serviceAddresses.formUnion(plan.addedAddresses)
        serviceAddresses.subtract(plan.removedAddresses)
        for listener in plan.opened { listeners.insert(listener.key) }
        for key in plan.closed { listeners.remove(key) }
    }

    mutating func setLocalAddresses(_ addresses: Set<IPAddress>) { localAddresses = addresses }

    // MARK: Clients

    func origin(of client: IPAddress) -> ClientOrigin {
        // The kernel connects to a local address from that address itself, for IPv6 from any of the node's.
        if client.isLoopback || localAddresses.contains(client) || serviceAddresses.contains(client) { return .node }
        return podNetworks(client.family).contains { $0.contains(client) } ? .pod : .outside
    }

    /// Ranges whose addresses are pods'. A socket does not tell the interface, so that detection by interface goes by
    /// the node's own ranges.
    func podNetworks(_ family: IPFamily) -> [IPNetwork] {
        switch localTraffic {
        case .none: []
        // As upstream: the first range of the family.
        case .clusterCIDR(let networks): networks.first { $0.family == family }.map { [$0] } ?? []
        case .nodeCIDR, .bridgeInterface, .interfaceNamePrefix: node.podCIDRs.filter { $0.family == family }
        }
    }

    /// Whether a socket of all addresses may serve clients who asked for this one: node ports are the node's.
    func servesNodePorts(on address: IPAddress) -> Bool {
        !serviceAddresses.contains(address) || localAddresses.contains(address)
    }

    /// The address by which source ranges know a client: the node itself comes from the address that it asks for, or for
    /// IPv6 from any of its own. Nil for a node without an address.
    func source(of client: IPAddress) -> IPAddress? {
        let isOwn = localAddresses.contains(client) || client.isLoopback
        let isService = serviceAddresses.contains(client)
        let isNode = client.family == .ipv6 ? isOwn || isService : isService && !isOwn
        return isNode ? node.nodeIP : client
    }

    /// Whether the load balancer source ranges of a Service admit a client.
    static func admits(_ source: IPAddress?, to service: ServicePort, _ use: FrontendUse) -> Bool {
        guard use == .loadBalancer, !service.loadBalancerSourceRanges.isEmpty else { return true }
        guard let source else { return false }
        return service.loadBalancerSourceRanges.contains { $0.contains(source) }
    }

    /// Whether an endpoint is a socket of our own: connections would go in circles.
    func isOwnFrontend(_ endpoint: EndpointAddress, _ transport: TransportProtocol) -> Bool {
        if listeners.contains(ListenerKey(endpoint.ip, endpoint.port, transport)) { return true }
        guard localAddresses.contains(endpoint.ip) || endpoint.ip.isLoopback else { return false }
        let everywhere = IPAddress(family: endpoint.ip.family, value: 0)
        return listeners.contains(ListenerKey(everywhere, endpoint.port, transport))
    }

    // MARK: Sockets

    /// Whose connection requests a TCP socket is to get at all, as lists of networks that each must have the source;
    /// nil: everybody's. What is left out gets no answer, as the Service's policies ask.
    func sources(for listener: Listener, _ state: ServicePortState) -> [[IPNetwork]]? {
        let family = listener.key.address.family
        let service = state.service
        var lists: [[IPNetwork]] = []
        if listener.use == .loadBalancer, !service.loadBalancerSourceRanges.isEmpty {
            var ranges = service.loadBalancerSourceRanges
            if let nodeIP = node.nodeIP, ranges.contains(where: { $0.contains(nodeIP) }) {
                ranges.append(IPNetwork(listener.key.address))
                if family == .ipv6 { ranges += nodeAddresses(family) }
            }
            lists.append(ranges)
        }
        if listener.use == .clusterIP {
            if state.internalEndpoints.isEmpty { lists.append([]) }
        } else if state.externalEndpoints.isEmpty {
            lists.append(state.clusterEndpoints.isEmpty ? [] : insiders(family) + [IPNetwork(listener.key.address)])
        }
        return lists.isEmpty ? nil : lists
    }

    private func insiders(_ family: IPFamily) -> [IPNetwork] { podNetworks(family) + nodeAddresses(family) }

    private func nodeAddresses(_ family: IPFamily) -> [IPNetwork] {
        let loopback = IPNetwork(family == .ipv4 ? "127.0.0.0/8" : "::1/128").map { [$0] } ?? []
        let local = localAddresses.filter { $0.family == family && !$0.isLoopback }.sorted()
        return loopback + local.map { IPNetwork($0) }
    }
}
