public import NetworkAddress

/// One port of a Service with the endpoints to which this node sends its traffic: the unit that backends program.
///
/// Addresses and node ports that belong to another Service are left out (see ``ServiceModel``), so no two states of one
/// family share one.
public struct ServicePortState: Hashable, Sendable {
    public var service: ServicePort
    /// Both sorted by address, each address once; empty if unused.
    private var cluster: [Endpoint]
    private var local: [Endpoint]
    /// Whether there is a usable endpoint on any node.
    private var hasAny: Bool

    /// - Parameters:
    ///   - cluster: see ``EndpointList``; sorted by address, each once.
    ///   - hasAny: whether there is a usable endpoint on any node; nil: only those of the lists.
    public init(
        service: ServicePort, cluster: [Endpoint] = [], local: [Endpoint] = [], hasAny: Bool? = nil
    ) {
        self.service = service
        self.cluster = cluster
        self.local = local
        self.hasAny = hasAny ?? (cluster + local).contains { $0.weight > 0 }
    }

    /// Sorted by address, each address once.
    public func endpoints(_ list: EndpointList) -> [Endpoint] {
        switch list {
        case .cluster: cluster
        case .local: local
        }
    }

    /// The endpoints of a list that get new connections, for backends without a notion of weight 0.
    public func choices(_ list: EndpointList) -> [Endpoint] {
        let all = endpoints(list)
        return all.allSatisfy { $0.weight > 0 } ? all : all.filter { $0.weight > 0 }
    }

    /// The endpoints of both lists that get new connections.
    public var chosenAddresses: Set<EndpointAddress> {
        Set((choices(.cluster) + choices(.local)).map(\.address))
    }

    /// What happens to new connections for a list.
    public func outcome(of list: EndpointList) -> Outcome {
        endpoints(list).contains { $0.weight > 0 } ? .balance(list) : hasAny ? .drop : .reject
    }

    /// What happens to connections to a frontend of this port.
    public func outcome(of frontend: Frontend, for origin: Origin) -> Outcome {
        outcome(of: frontend.list(for: origin))
    }

    /// The addresses of endpoints that may reach themselves through the Service: they run on this node, or may do so.
    public var hairpinAddresses: Set<IPAddress> {
        var addresses: Set<IPAddress> = []
        for list in [cluster, local] {
            for endpoint in list where endpoint.place != .elsewhere { addresses.insert(endpoint.address.ip) }
        }
        return addresses
    }
}
