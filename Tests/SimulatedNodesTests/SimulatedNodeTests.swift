import KubeAPI
import NetworkAddress
import Testing

@testable import SimulatedNodes

@Suite struct SimulatedNodeTests {
    @Test func nodesAreSpreadOverZones() {
        let configuration = SimulatedNodesConfiguration(count: 4)
        let nodes = (0..<4).map { SimulatedNode($0, configuration) }
        #expect(nodes.map(\.name) == ["node-1", "node-2", "node-3", "node-4"])
        #expect(nodes.map(\.zone) == ["a", "b", "c", "a"])
        #expect(nodes[3].podNetworks.map(\.description) == ["10.244.3.0/24", "fd00:10:244::3:0/112"])
        #expect(nodes[3].addresses.map(\.description) == ["192.168.128.4", "fd00:a8::4"])
    }

    @Test(arguments: ["10.244.0.0/22", "10.244.0.0/25"]) func networksMayBeTooSmall(_ network: String) {
        var configuration = SimulatedNodesConfiguration(count: 5)
        configuration.podNetworks = [network].compactMap { IPNetwork($0) }
        #expect(throws: SimulatedNodesConfiguration.Invalid.self) { try configuration.validate() }
        configuration.podNetworks = ["10.244.0.0/21"].compactMap { IPNetwork($0) }
        #expect(throws: Never.self) { try configuration.validate() }
    }
}
