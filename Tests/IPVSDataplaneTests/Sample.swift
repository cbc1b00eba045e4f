import Dataplane
import DataplaneTesting
import NetworkAddress
import ServiceModel
import Testing

/// Service port states for tests.
enum Sample {
    static func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

    static func endpoints(_ numbers: some Sequence<Int>) -> [EndpointAddress] {
        numbers.map { EndpointAddress(IPAddress(ipv4: 0x0A01_0000 + UInt32($0)), 8080) }
    }

    static func state(
        _ name: String = "web", _ transport: TransportProtocol = .tcp, clusterIP: String = "172.30.0.1",
        endpoints: [EndpointAddress], local: [EndpointAddress] = [],
        _ change: (inout ServicePort) throws -> Void = { _ in }
    ) throws -> ServicePortState {
        var port = ServicePort(
            name: ServicePortName(namespace: "test", name: name, port: "p", transport: transport),
            clusterIP: try address(clusterIP), port: 80)
        try change(&port)
        return ServicePortState(
            service: port, clusterEndpoints: port.uses(.cluster) ? endpoints : [],
            localEndpoints: port.uses(.local) ? local : [], endpointsOnThisNode: Set(local),
            hasAnyEndpoints: !(endpoints + local).isEmpty)
    }

    static func delta(_ states: [ServicePortState], node: NodeFacts? = nil) -> FamilyDelta {
        FamilyDelta(
            updated: ServicePortStates(Dictionary(uniqueKeysWithValues: states.map { ($0.service.name, $0) })),
            node: node)
    }

    /// Every kind of address at once.
    static func reachable(_ service: inout ServicePort) throws {
        service.nodePort = 30080
        service.externalIPs = [try address("192.0.2.1"), try address("192.0.2.2")]
        service.loadBalancerVIPs = [try address("192.0.2.3"), try address("192.0.2.4")]
    }
}
