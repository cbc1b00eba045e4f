import NetworkAddress
public import ServiceModel

/// The programmed Services with their traffic (`GET /v1/services`).
public struct ServicesStatus: Codable, Hashable, Sendable {
    static let target = "/v1/services"

    /// How long connections have been counted; nil: not counted.
    public var countedSeconds: Double?
    /// Whether some connections were not counted, because a queue was full or reading was late.
    public var hasLostEvents = false
    /// By `IPv4` and `IPv6`: seconds since the last commit; nil: unknown.
    public var programmedSeconds: [String: Double] = [:]
    /// By namespace, name, port and family.
    public var ports: [Port] = []

    public struct Port: Codable, Hashable, Sendable {
        public var namespace: String
        public var service: String
        /// The port's name; empty if it has none.
        public var portName: String
        public var port: UInt16
        /// `TCP`, `UDP` or `SCTP`.
        public var `protocol`: String
        public var family: String
        /// `ClusterIP`, `NodePort` or `LoadBalancer`, by the addresses that it has.
        public var kind: String
        public var clusterIP: String
        public var externalIPs: [String]
        public var loadBalancerIPs: [String]
        public var nodePort: UInt16?
        /// `Cluster` or `Local`.
        public var internalTrafficPolicy: String
        public var externalTrafficPolicy: String
        public var affinitySeconds: UInt32?
        public var endpoints: [Endpoint]
        public var traffic: Traffic
    }

    public struct Endpoint: Codable, Hashable, Sendable {
        /// With its port.
        public var address: String
        /// `ready`, `draining` or `notReady`.
        public var condition: String
        /// `here`, `elsewhere` or `unknown`.
        public var place: String
        public var weight: UInt16
        /// Whether this node sends it new connections.
        public var isUsed: Bool
        /// Whether somebody asked for it to be drained (`viaduct drain`).
        public var isDrained: Bool?
        /// How many tenths of its share it has so far (`viaduct.io/slow-start`); nil: all.
        public var shareTenths: Int?
        /// Whether it is left out, or only tried, because its new connections stay unanswered (`viaduct.io/eject`).
        public var isEjected = false
        public var traffic: Traffic
    }

    /// Nil: not counted.
    public struct Traffic: Codable, Hashable, Sendable {
        /// New connections since counting began, and recently per second.
        public var connections: Int?
        public var perSecond: Double?
        public var live: Int?
        public var unanswered: Int?
        /// To endpoints, and from them.
        public var bytesSent: UInt64?
        public var bytesReceived: UInt64?

        public init() {}
    }

    public init() {}
}

extension ServicesStatus {
    /// - Parameters:
    ///   - isChosen: by namespace and name.
    ///   - flows: the existing connections, if no proxy counts them.
    public init(
        _ overview: [PortOverview], where isChosen: (ServicePortName) -> Bool = { _ in true },
        flows: [FlowPath: FlowCounts]
    ) {
        var byPort: [FrontendKey: [FlowPath: FlowCounts]] = [:]
        for (path, counts) in flows {
            let key = FrontendKey(path.destination.ip, path.destination.port, path.transport)
            byPort[key, default: [:]][path] = counts
            let node = FrontendKey.nodePort(path.destination.port, path.transport, path.destination.ip.family)
            byPort[node, default: [:]][path] = counts
        }
        self.init(overview, where: isChosen) { port in
            var known: Set<FlowPath> = []
            var traffic = PortTraffic()
            for key in port.state.service.frontendKeys {
                for (path, counts) in byPort[key] ?? [:] where known.insert(path).inserted {
                    traffic.all.add(counts)
                    traffic.endpoints[path.endpoint, default: FlowCounts()].add(counts)
                }
            }
            return (Traffic(traffic.all), { Traffic(traffic.endpoints[$0] ?? FlowCounts()) })
        }
    }

    private struct PortTraffic {
        var all = FlowCounts()
        var endpoints: [EndpointAddress: FlowCounts] = [:]
    }

    init(
        _ overview: [PortOverview], where isChosen: (ServicePortName) -> Bool,
        traffic: (PortOverview) -> (all: Traffic, of: (EndpointAddress) -> Traffic)
    ) {
        self.init()
        ports = overview.filter { isChosen($0.state.service.name) }.map { port in
            let (all, endpoint) = traffic(port)
            return Port(port, all, endpoint)
        }
    }

    init(_ overview: [PortOverview], where isChosen: (ServicePortName) -> Bool, tally: TrafficTally?) {
        self.init(overview, where: isChosen) { port in
            let name = port.state.service.name
            let counted = tally?.ports[TrafficTally.PortKey(name: name, family: port.state.service.family)]
            return (
                tally == nil ? Traffic() : Traffic(counted?.all),
                { address in
                    guard tally != nil else { return Traffic() }
                    guard let counted else { return Traffic(TrafficTally.Count()) }
                    // Beyond the limit an endpoint has no count of its own.
                    guard let count = counted.endpoints[address] else {
                        return counted.others == nil ? Traffic(TrafficTally.Count()) : Traffic()
                    }
                    return Traffic(count)
                }
            )
        }
        hasLostEvents = tally?.hasLost ?? false
    }
}

extension ServicesStatus.Traffic {
    init(_ flows: FlowCounts) {
        live = flows.live
        unanswered = flows.unanswered
        if flows.bytesSent > 0 || flows.bytesReceived > 0 {
            bytesSent = flows.bytesSent
            bytesReceived = flows.bytesReceived
        }
    }

    init(_ count: TrafficTally.Count?) {
        let count = count ?? TrafficTally.Count()
        connections = count.connections
        perSecond = (count.perSecond * 10).rounded() / 10
        live = count.flows.live
        unanswered = count.flows.unanswered
        if count.bytesSent > 0 || count.bytesReceived > 0 {
            bytesSent = count.bytesSent
            bytesReceived = count.bytesReceived
        }
    }
}

extension ServicesStatus.Port {
    fileprivate init(
        _ port: PortOverview, _ all: ServicesStatus.Traffic,
        _ endpoint: (EndpointAddress) -> ServicesStatus.Traffic
    ) {
        let service = port.state.service
        namespace = service.name.namespace
        self.service = service.name.name
        portName = service.name.port
        self.port = service.port
        `protocol` = service.name.transport.apiName
        family = service.family.rawValue
        kind = !service.loadBalancerVIPs.isEmpty ? "LoadBalancer" : service.nodePort != 0 ? "NodePort" : "ClusterIP"
        clusterIP = service.clusterIP.description
        externalIPs = service.externalIPs.map(\.description)
        loadBalancerIPs = service.loadBalancerVIPs.map(\.description)
        nodePort = service.nodePort == 0 ? nil : service.nodePort
        internalTrafficPolicy = service.internalPolicyLocal ? "Local" : "Cluster"
        externalTrafficPolicy = service.externalPolicyLocal ? "Local" : "Cluster"
        affinitySeconds = service.affinityTimeout
        endpoints = port.endpoints.map { one in
            ServicesStatus.Endpoint(
                address: one.address.description, condition: one.condition.rawValue, place: "\(one.place)",
                weight: one.weight, isUsed: one.isUsed, isDrained: one.isDrained ? true : nil,
                shareTenths: one.step, isEjected: one.isEjected, traffic: endpoint(one.address))
        }
        traffic = all
    }
}
