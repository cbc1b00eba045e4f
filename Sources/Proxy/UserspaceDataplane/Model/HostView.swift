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

    /// Who may use the load balancer addresses of a Service; nil: everybody. Of IPv6 the node itself comes from any
    /// address of its own.
    func loadBalancerSources(of service: ServicePort) -> [IPNetwork]? {
        guard !service.loadBalancerSourceRanges.isEmpty else { return nil }
        let family = service.clusterIP.family
        let sources = service.loadBalancerSources(nodeIP: node.nodeIP)
        return service.sourceRangesAdmit(node.nodeIP) && family == .ipv6 ? sources + nodeAddresses(family) : sources
    }

    /// Whether the load balancer source ranges of a Service admit a client.
    func admits(_ client: IPAddress, to service: ServicePort, _ use: FrontendUse) -> Bool {
        guard use == .loadBalancer, let sources = loadBalancerSources(of: service) else { return true }
        return sources.contains { $0.contains(client) }
    }

    /// Whether an endpoint is a socket of our own: connections would go in circles.
    func isOwnFrontend(_ endpoint: EndpointAddress, _ transport: TransportProtocol) -> Bool {
        // No endpoint is link-local, so that devices do not matter here.
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
        if listener.use == .loadBalancer, let sources = loadBalancerSources(of: service) { lists.append(sources) }
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
