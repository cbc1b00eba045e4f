import Dataplane
package import KubeAPI
package import NetworkAddress
package import ProxyConfiguration
package import ProxyServer
package import ServiceModel

/// The API server's objects and the proxy's settings: the input of every prediction. A value, except for the lookup of
/// devices by address.
package struct ClusterFacts: Sendable {
    package let nodeName: String
    package let settings: ProxySettings
    package let model: ServiceModel
    package let families: [IPFamily: FamilyDelta]
    package let services: [ObjectKey: Service]
    package let slices: [EndpointSlice]
    package let nodes: [Node]
    package let pods: [Pod]
    /// This host's own addresses, without those that exist for Services only.
    package let localAddresses: [IPAddress]
    /// Problems of objects.
    package let problems: [ServiceProblem]
    /// The name of the device on which packets from an address arrive, by the routes; nil if unknown.
    package let device: @Sendable (IPAddress) -> String?

    package init(
        nodeName: String, settings: ProxySettings, families: Set<IPFamily> = [.ipv4, .ipv6], services: [Service],
        slices: [EndpointSlice], nodes: [Node], serviceCIDRs: [ServiceCIDR] = [], pods: [Pod] = [],
        shares: ProxyStatus.Shares? = nil, localAddresses: [IPAddress],
        device: @escaping @Sendable (IPAddress) -> String? = { _ in nil }
    ) {
        self.nodeName = nodeName
        self.settings = settings
        var model = ServiceModel(configuration: settings.modelConfiguration(nodeName: nodeName, families: families))
        var problems: [ServiceProblem] = []
        shares?.apply(to: &model, at: UnixTime.now)
        for service in services { problems += model.upsert(service) }
        for slice in slices { problems += model.upsert(slice) }
        model.setNode(nodes.first { $0.metadata.name == nodeName })
        model.setServiceCIDRs(serviceCIDRs.flatMap(\.cidrs).compactMap { IPNetwork($0) })
        model.setLocalAddresses(localAddresses)
        let (delta, conflicts) = model.takeDelta()
        self.model = model
        self.problems = problems + conflicts
        self.families = delta.families
        self.services = Dictionary(services.map { ($0.metadata.key, $0) }, uniquingKeysWith: { $1 })
        self.slices = slices
        self.nodes = nodes
        self.pods = pods
        self.localAddresses = localAddresses
        self.device = device
    }

    func states(_ family: IPFamily) -> ServicePortStates { families[family]?.updated ?? [:] }

    func facts(_ family: IPFamily) -> NodeFacts { families[family]?.node ?? NodeFacts() }

    // MARK: Frontends

    /// The Service port that has a key, with the way to it.
    func target(_ key: FrontendKey) -> KernelQuestion.Target? {
        for state in states(key.ip.family).values {
            var found: Frontend?
            state.service.forEachFrontend { if $0.key == key { found = $0 } }
            if let found { return KernelQuestion.Target(state: state, frontend: found) }
        }
        return nil
    }

    /// All ways to Service ports of a family.
    func frontends(_ family: IPFamily) -> [(state: ServicePortState, frontend: Frontend)] {
        states(family).values.flatMap { state in state.service.frontends.map { (state, $0) } }
    }

    /// The target of a connection to an address and port: an address of the Service itself precedes a node port.
    func target(_ destination: EndpointAddress, _ transport: TransportProtocol) -> KernelQuestion.Target? {
        target(FrontendKey(destination.ip, destination.port, transport))
            ?? (acceptsNodePorts(destination.ip)
                ? target(.nodePort(destination.port, transport, destination.ip.family)) : nil)
    }

    func isLocal(_ address: IPAddress) -> Bool { address.isLoopback || localAddresses.contains(address) }

    /// Whether node ports are served on an address.
    func acceptsNodePorts(_ address: IPAddress) -> Bool {
        guard isLocal(address) else { return false }
        if address.isLoopback {
            if settings.relayedLocalhostFamilies.contains(address.family) { return true }
            if let listed = facts(address.family).nodePortAddresses { return listed.contains(address) }
            let capabilities = settings.mode.capabilities
            return capabilities.contains(.loopback) || address.family == .ipv4 && settings.servesNodePortsOnLoopback
        }
        return facts(address.family).nodePortAddresses?.contains(address) ?? true
    }

    // MARK: Hosts

    /// The other node that has an address, itself or for one of its pods.
    func otherNode(with address: IPAddress) -> String? {
        if let node = nodes.first(where: { $0.addresses.contains { IPAddress($0.address) == address } }) {
            return node.metadata.name == nodeName ? nil : node.metadata.name
        }
        for slice in slices {
            for endpoint in slice.endpoints where endpoint.addresses.contains(where: { IPAddress($0) == address }) {
                if let name = endpoint.nodeName { return name == nodeName ? nil : name }
            }
        }
        let owner = nodes.first { $0.podCIDRs.contains { IPNetwork($0)?.contains(address) ?? false } }
        return owner.flatMap { $0.metadata.name == nodeName ? nil : $0.metadata.name }
    }

    /// The owner of an address, for users; nil if unknown.
    func owner(of address: IPAddress) -> String? {
        if isLocal(address) { return "this node" }
        if let node = nodes.first(where: { $0.addresses.contains { IPAddress($0.address) == address } }) {
            return "node \(node.metadata.name)"
        }
        if let pod = pods.first(where: { $0.status.podIPs.contains { IPAddress($0) == address } }) {
            return "pod \(pod.metadata.key)"
        }
        for slice in slices
        where slice.endpoints.contains(where: { $0.addresses.contains { IPAddress($0) == address } }) {
            return "an endpoint of \(slice.metadata.namespace)/\(slice.serviceName ?? slice.metadata.name)"
        }
        return nil
    }
}
