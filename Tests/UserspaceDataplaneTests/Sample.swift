import DataplaneTesting
import NetworkAddress
import ServiceModel

@testable import UserspaceDataplane

/// Values for tests.
enum Sample {
    struct Invalid: Error {
        var text: String
    }

    static func ip(_ text: String) throws -> IPAddress {
        guard let address = IPAddress(text) else { throw Invalid(text: text) }
        return address
    }

    static func network(_ text: String) throws -> IPNetwork {
        guard let network = IPNetwork(text) else { throw Invalid(text: text) }
        return network
    }

    static func endpoints(_ addresses: [String], port: UInt16 = 8080) throws -> [EndpointAddress] {
        try addresses.map { EndpointAddress(try ip($0), port) }.sorted()
    }

    /// A Service port of `clusterIP`:80 with endpoints on other nodes, or for policy Local on this one.
    static func port(
        _ name: String, _ clusterIP: String, transport: TransportProtocol = .tcp, endpoints: [String],
        local: [String] = [], endpointPort: UInt16 = 8080, _ adjust: (inout ServicePort) throws -> Void = { _ in }
    ) throws -> ServicePortState {
        var service = ServicePort(
            name: ServicePortName(namespace: "test", name: name, port: "", transport: transport),
            clusterIP: try ip(clusterIP), port: 80)
        try adjust(&service)
        return ServicePortState(
            service: service, clusterEndpoints: try Self.endpoints(endpoints, port: endpointPort),
            localEndpoints: try Self.endpoints(local, port: endpointPort))
    }

    static func delta(
        _ states: [ServicePortState], removed: [ServicePortState] = [], node: NodeFacts? = nil
    ) -> FamilyDelta {
        FamilyDelta(
            updated: ServicePortStates(Dictionary(uniqueKeysWithValues: states.map { ($0.service.name, $0) })),
            removed: Set(removed.map(\.service.name)), node: node)
    }
}
