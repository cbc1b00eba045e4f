import NetworkAddress
import ServiceModel

/// The facts about the host that decisions about single clients need. A value.
struct HostView: Sendable {
    private(set) var node = NodeFacts()
    /// The node's own, without those that are there for Services only.
    private(set) var localAddresses: Set<IPAddress> = []
    private(set) var serviceAddresses: Set<IPAddress> = []
    private(set) var listeners: Set<ListenerKey> = []

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

    func origin(of client: IPAddress) -> Origin {
        // The kernel connects to a local address from that address itself, for IPv6 from any of the node's.
        if client.isLoopback || localAddresses.contains(client) || serviceAddresses.contains(client) { return .node }
        return podNetworks.contains { $0.contains(client) } ? .podHere : .elsewhere
    }

    /// A socket does not tell the interface that a client came in through.
    private var podNetworks: [IPNetwork] { node.localPods.networks ?? [] }

    /// Whether a socket of all addresses may serve clients who asked for this one: node ports are the node's.
    func servesNodePorts(on address: IPAddress) -> Bool {
        !serviceAddresses.contains(address) || localAddresses.contains(address)
    }

    /// Who may use the load balancer addresses of a Service; nil: everybody. Of IPv6 the node itself comes from any
    /// address of its own.
    private func loadBalancerSources(of service: ServicePort) -> [IPNetwork]? {
        guard let ranges = service.sourceRanges else { return nil }
        let isAnyOfTheNode = ranges.admitsNode && service.family == .ipv6
        return isAnyOfTheNode ? ranges.networks + nodeAddresses(.ipv6) : ranges.networks
    }

    /// Whether the load balancer source ranges of a Service admit a client.
    func admits(_ client: IPAddress, to service: ServicePort, _ kind: Frontend.Kind) -> Bool {
        guard kind == .loadBalancerIP, let sources = loadBalancerSources(of: service) else { return true }
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
        let frontend = listener.frontend
        if frontend.kind == .loadBalancerIP, let sources = loadBalancerSources(of: service) { lists.append(sources) }
        func isServed(_ origin: Origin) -> Bool {
            if case .balance = state.outcome(of: frontend, for: origin) { true } else { false }
        }
        if !isServed(.elsewhere) {
            lists.append(isServed(.node) ? insiders(family) + [IPNetwork(listener.key.address)] : [])
        }
        return lists.isEmpty ? nil : lists
    }

    private func insiders(_ family: IPFamily) -> [IPNetwork] { podNetworks + nodeAddresses(family) }

    private func nodeAddresses(_ family: IPFamily) -> [IPNetwork] {
        let loopback = IPNetwork(family == .ipv4 ? "127.0.0.0/8" : "::1/128").map { [$0] } ?? []
        let local = localAddresses.filter { $0.family == family && !$0.isLoopback }.sorted()
        return loopback + local.map { IPNetwork($0) }
    }
}
