public import KubeAPI
public import NetworkAddress

/// The objects that every way of programming gets: services with one TCP port, each with the same number of endpoints
/// that nobody shares. The services that are probed have a UDP port besides.
public struct Workload: Hashable, Sendable {
    /// Which service of the list is probed: in a list of rules the last one is found last.
    public enum Position: String, Codable, CaseIterable, Sendable {
        case first, middle, last
    }

    /// Where all cluster IPs are: 10.96.0.0/12.
    public static let serviceNetwork = network(0x0A60_0000, 12)
    /// Where all endpoints are: 10.128.0.0/9.
    public static let endpointNetwork = network(0x0A80_0000, 9)
    /// The port of services.
    public static let servicePort: UInt16 = 80
    /// The port of endpoints.
    public static let endpointPort: UInt16 = 8080
    static let namespace = "bench"
    static let nodeName = "bench-node"
    /// Addresses at the beginning of each network that are not used.
    private static let reserved = 256
    /// How many services there may be, so that first, middle and last differ from those that change.
    public static let serviceRange = 4...500_000
    public static let endpointRange = 1...100

    public var services: Int
    public var endpoints: Int

    /// - Parameters:
    ///   - services: within ``serviceRange``.
    ///   - endpoints: of each service, within ``endpointRange``.
    public init(services: Int, endpoints: Int) {
        self.services = services
        self.endpoints = endpoints
    }

    /// Whether all endpoints and their replacements have an address.
    public var fits: Bool { services * (endpoints + 1) + Self.reserved < 1 << 23 }

    private static func network(_ address: UInt32, _ length: Int) -> IPNetwork {
        // The addresses above end with enough zero bits for their lengths.
        IPNetwork(address: IPAddress(ipv4: address), prefixLength: length) ?? IPNetwork(IPAddress(ipv4: address))
    }

    // MARK: Addresses

    public func clusterIP(_ service: Int) -> IPAddress { Self.address(in: Self.serviceNetwork, service) }

    public func endpoint(_ service: Int, _ number: Int) -> IPAddress {
        Self.address(in: Self.endpointNetwork, service * endpoints + number)
    }

    /// What takes the place of a service's first endpoint.
    func replacement(_ service: Int) -> IPAddress {
        Self.address(in: Self.endpointNetwork, services * endpoints + service)
    }

    private static func address(in network: IPNetwork, _ index: Int) -> IPAddress {
        IPAddress(ipv4: UInt32(truncatingIfNeeded: network.address.value) + UInt32(reserved + index))
    }

    // MARK: Services that are probed or change

    public func index(_ position: Position) -> Int {
        switch position {
        case .first: 0
        case .middle: services / 2
        case .last: services - 1
        }
    }

    /// TCP for each service, and UDP for those that are probed.
    var servicePorts: Int { services + Set(Position.allCases.map(index)).count }

    func isProbed(_ service: Int) -> Bool { Position.allCases.contains { index($0) == service } }

    /// The service whose endpoint goes and comes back.
    public var changing: Int { services / 3 }

    /// 1 % of the services, at least one, spread evenly, none of them probed.
    public func churning(turn: Int) -> [Int] {
        let count = max(1, services / 100)
        let step = services / count
        return (0..<count).map { number in
            let service = number * step + 1 + turn % max(1, step - 2)
            return isProbed(service) ? service - 1 : service
        }.filter { !isProbed($0) }
    }

    // MARK: Objects

    public func service(_ number: Int) -> Service {
        var service = Service(metadata: ObjectMeta(name: "svc-\(number)", namespace: Self.namespace))
        service.metadata.creationTimestamp = "2026-01-01T00:00:00Z"
        service.spec.type = "ClusterIP"
        service.spec.clusterIP = clusterIP(number).description
        service.spec.clusterIPs = [service.spec.clusterIP]
        service.spec.ipFamilies = ["IPv4"]
        service.spec.ports = ports(number).map { name, transport in
            Service.Port(name: name, transport: transport, port: Int32(Self.servicePort))
        }
        return service
    }

    /// The slice of a service.
    ///
    /// - Parameter addresses: nil: the endpoints of the service.
    public func slice(_ number: Int, addresses: [IPAddress]? = nil) -> EndpointSlice {
        var slice = EndpointSlice(metadata: ObjectMeta(name: "svc-\(number)-1", namespace: Self.namespace))
        slice.metadata.labels[EndpointSlice.serviceNameLabel] = "svc-\(number)"
        slice.addressType = "IPv4"
        slice.ports = ports(number).map { name, transport in
            EndpointSlice.Port(name: name, transport: transport, port: Int32(Self.endpointPort))
        }
        slice.endpoints = (addresses ?? allEndpoints(number)).map { address in
            EndpointSlice.Endpoint(
                addresses: [address.description], ready: true, serving: true, terminating: false,
                nodeName: "other-node")
        }
        return slice
    }

    func allEndpoints(_ number: Int) -> [IPAddress] { (0..<endpoints).map { endpoint(number, $0) } }

    private func ports(_ number: Int) -> [(name: String, transport: String)] {
        isProbed(number) ? [("tcp", "TCP"), ("udp", "UDP")] : [("tcp", "TCP")]
    }

    /// The slice that changes: with its last endpoint or without it.
    public func changedSlice(turn: Int) -> EndpointSlice {
        let all = allEndpoints(changing)
        return slice(changing, addresses: turn.isMultiple(of: 2) ? all.dropLast() : all)
    }

    /// The slices of a churn: each service has another first endpoint, or in the next turn its own again.
    public func churnedSlices(turn: Int) -> [EndpointSlice] {
        churning(turn: turn / 2).map { number in
            var addresses = allEndpoints(number)
            if turn.isMultiple(of: 2) { addresses[0] = replacement(number) }
            return slice(number, addresses: addresses)
        }
    }

    public var node: Node {
        var node = Node(metadata: ObjectMeta(name: Self.nodeName))
        node.addresses = [Node.Address(type: "InternalIP", address: WorldAddresses.nodeToClients.description)]
        return node
    }
}
