import Dataplane
import DataplaneTesting
import Glibc
import Logging
import NetworkAddress
import ServiceModel
import Testing

@testable import NftablesDataplane

/// What the tests against the real kernel need. Each has a table of its own; nothing else is touched.
enum Kernel {
    /// nil if nf_tables can be programmed here.
    static let missing: String? = {
        do throws(DataplaneError) {
            _ = try NftablesDataplane(
                configuration: NftablesConfiguration(family: .ipv4, table: "viaduct-probe"), logger: logger)
            return geteuid() == 0 ? nil : "CAP_NET_ADMIN"
        } catch {
            return "nf_tables: \(error)"
        }
    }()

    static let isUsable = missing == nil
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    static func dataplane(
        _ table: String, _ family: IPFamily = .ipv4
    ) throws -> NftablesDataplane {
        try NftablesDataplane(
            configuration: NftablesConfiguration(family: family, table: table), logger: logger)
    }

    /// Runs the body with a dataplane whose table is gone afterwards.
    static func withDataplane(
        _ table: String, _ family: IPFamily = .ipv4, _ body: (NftablesDataplane) async throws -> Void
    ) async throws {
        let dataplane = try dataplane(table, family)
        try await dataplane.removeAll()
        do {
            try await body(dataplane)
        } catch {
            try await dataplane.removeAll()
            throw error
        }
        try await dataplane.removeAll()
    }
}

/// Service port states for tests.
enum Sample {
    static func name(_ service: String, _ transport: TransportProtocol = .tcp) -> ServicePortName {
        ServicePortName(namespace: "test", name: service, port: "p", transport: transport)
    }

    static func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

    static func endpoints(_ count: Int, network: String = "10.1", port: UInt16 = 8080) throws -> [EndpointAddress] {
        try (0..<count).map {
            EndpointAddress(try address("\(network).\($0 / 250).\($0 % 250 + 1)"), port)
        }
    }

    static func state(
        _ service: String, clusterIP: String, endpoints: [EndpointAddress], local: [EndpointAddress] = [],
        _ change: (inout ServicePort) throws -> Void = { _ in }
    ) throws -> ServicePortState {
        var port = ServicePort(name: name(service), clusterIP: try address(clusterIP), port: 80)
        try change(&port)
        return ServicePortState(
            service: port, clusterEndpoints: endpoints, localEndpoints: local, endpointsOnThisNode: Set(local))
    }

    static func delta(_ states: [ServicePortState], node: NodeFacts? = nil) -> FamilyDelta {
        FamilyDelta(
            updated: ServicePortStates(Dictionary(uniqueKeysWithValues: states.map { ($0.service.name, $0) })),
            node: node)
    }

    /// The same in another family: an address is put behind fd00::, a range grows by as many bits.
    static func translated(_ state: ServicePortState) -> ServicePortState {
        var state = state
        state.service.clusterIP = translated(state.service.clusterIP)
        state.service.externalIPs = state.service.externalIPs.map(translated)
        state.service.loadBalancerVIPs = state.service.loadBalancerVIPs.map(translated)
        state.service.loadBalancerSourceRanges = state.service.loadBalancerSourceRanges.compactMap(translated)
        state.clusterEndpoints = state.clusterEndpoints.map(translated)
        state.localEndpoints = state.localEndpoints.map(translated)
        state.endpointsOnThisNode = Set(state.endpointsOnThisNode.map(translated))
        return state
    }

    static func translated(_ address: IPAddress) -> IPAddress {
        IPAddress(family: .ipv6, value: 0xFD00 << 112 | address.value)
    }

    private static func translated(_ network: IPNetwork) -> IPNetwork? {
        IPNetwork(address: translated(network.address), prefixLength: network.prefixLength + 96)
    }

    private static func translated(_ endpoint: EndpointAddress) -> EndpointAddress {
        EndpointAddress(translated(endpoint.ip), endpoint.port)
    }

    /// ``variety()`` with facts of the node.
    static func whole(_ family: IPFamily) throws -> FamilyDelta {
        let node = try address("10.0.0.9")
        let cidrs = [try #require(IPNetwork("172.30.0.0/16")), try #require(IPNetwork("172.31.0.0/16"))]
        guard family == .ipv6 else {
            return delta(
                try variety(), node: NodeFacts(serviceCIDRs: cidrs, nodePortAddresses: [node]))
        }
        return delta(
            try variety().map(translated),
            node: NodeFacts(
                serviceCIDRs: cidrs.compactMap(translated),
                nodePortAddresses: [translated(node)]))
    }

    /// One service of each kind.
    static func variety() throws -> [ServicePortState] {
        let local = try endpoints(2)
        return [
            try state("plain", clusterIP: "172.30.0.1", endpoints: try endpoints(5)),
            try state("none", clusterIP: "172.30.0.2", endpoints: []),
            try state("node-port", clusterIP: "172.30.0.3", endpoints: try endpoints(3)) { $0.nodePort = 30080 },
            try state("load-balancer", clusterIP: "172.30.0.4", endpoints: try endpoints(3)) {
                $0.nodePort = 30081
                $0.externalIPs = [try address("192.0.2.1")]
                $0.loadBalancerVIPs = [try address("192.0.2.2"), try address("192.0.2.3")]
                $0.loadBalancerSourceRanges = [
                    try #require(IPNetwork("10.0.0.0/8")), try #require(IPNetwork("10.1.0.0/16")),
                    try #require(IPNetwork("203.0.113.0/25")),
                ]
            },
            try state("local", clusterIP: "172.30.0.5", endpoints: try endpoints(4), local: local) {
                $0.nodePort = 30082
                $0.externalPolicyLocal = true
            },
            try state("affine", clusterIP: "172.30.0.6", endpoints: try endpoints(4), local: local) {
                $0.nodePort = 30083
                $0.externalPolicyLocal = true
                $0.affinityTimeout = 10800
            },
            try state("internal-local", clusterIP: "172.30.0.7", endpoints: [], local: local) {
                $0.internalPolicyLocal = true
            },
        ]
    }
}
