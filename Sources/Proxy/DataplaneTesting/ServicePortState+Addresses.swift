public import NetworkAddress
public import ServiceModel

/// States by the addresses of their endpoints, for tests.
extension ServicePortState {
    /// - Parameters:
    ///   - endpointsOnThisNode: the endpoints of either list that run here.
    ///   - hasAnyEndpoints: whether there is a usable endpoint on any node; nil: only those of the lists.
    public init(
        service: ServicePort, clusterEndpoints: [EndpointAddress], localEndpoints: [EndpointAddress] = [],
        endpointsOnThisNode here: Set<EndpointAddress> = [], hasAnyEndpoints: Bool? = nil
    ) {
        func list(_ addresses: [EndpointAddress]) -> [Endpoint] {
            addresses.map { Endpoint($0, place: here.contains($0) ? .here : .elsewhere) }
        }
        self.init(
            service: service, cluster: list(clusterEndpoints), local: list(localEndpoints), hasAny: hasAnyEndpoints)
    }

    public var clusterEndpoints: [EndpointAddress] {
        get { endpoints(.cluster).map(\.address) }
        set { self = changed(cluster: newValue) }
    }

    public var localEndpoints: [EndpointAddress] {
        get { endpoints(.local).map(\.address) }
        set { self = changed(local: newValue) }
    }

    public var endpointsOnThisNode: Set<EndpointAddress> {
        get {
            Set(EndpointList.allCases.flatMap(endpoints).filter { $0.place != .elsewhere }.map(\.address))
        }
        set { self = changed(here: newValue) }
    }

    public var hasAnyEndpoints: Bool {
        get { EndpointList.allCases.contains { outcome(of: $0) != .reject } }
        set { self = changed(hasAny: newValue) }
    }

    /// For connections to the cluster IP.
    public var internalEndpoints: [EndpointAddress] {
        service.internalPolicyLocal ? localEndpoints : clusterEndpoints
    }

    /// For connections to node ports, external and load balancer addresses that come from outside.
    public var externalEndpoints: [EndpointAddress] {
        service.externalPolicyLocal ? localEndpoints : clusterEndpoints
    }

    private func changed(
        cluster: [EndpointAddress]? = nil, local: [EndpointAddress]? = nil, here: Set<EndpointAddress>? = nil,
        hasAny: Bool? = nil
    ) -> ServicePortState {
        ServicePortState(
            service: service, clusterEndpoints: cluster ?? clusterEndpoints, localEndpoints: local ?? localEndpoints,
            endpointsOnThisNode: here ?? endpointsOnThisNode, hasAnyEndpoints: hasAny ?? hasAnyEndpoints)
    }
}

extension FlowTargets {
    public init(_ addresses: [EndpointAddress]) { self.init(addresses.map { Endpoint($0) }) }

    public init(inside: [EndpointAddress], outside: [EndpointAddress]) {
        self.init(inside: inside.map { Endpoint($0) }, outside: outside.map { Endpoint($0) })
    }
}

extension NodeFacts {
    /// The same facts with the pods that a detector recognises.
    public func telling(
        _ detector: LocalTrafficDetector, _ family: IPFamily, podCIDRs: [IPNetwork] = [], masqueradeAll: Bool = false
    ) -> NodeFacts {
        var facts = self
        facts.localPods = detector.localPods(family, podCIDRs: podCIDRs)
        facts.clusterIPMasquerading = masqueradeAll ? .everybodys : facts.localPods.clusterIPMasquerading
        return facts
    }
}
