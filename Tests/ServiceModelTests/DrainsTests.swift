import DataplaneTesting
import KubeAPI
import NetworkAddress
import Testing

@testable import ServiceModel

@Suite("What somebody asked to drain")
struct DrainsTests {
    private static let web = ServicePortName(namespace: "default", name: "web", port: "", transport: .tcp)

    private static func model() -> ServiceModel {
        var model = ServiceModel(configuration: ServiceModelConfiguration(nodeName: "node1", families: [.ipv4]))
        _ = model.upsert(Service.make("web"))
        _ = model.upsert(Service.make("other", clusterIPs: ["10.96.0.2"]))
        var slice = EndpointSlice.make(
            "a", of: "web", [.ready("10.1.0.1"), .ready("10.1.0.2", node: "node3"), .ready("10.1.0.3")])
        slice.endpoints[0].podName = "one"
        slice.endpoints[1].podName = "two"
        _ = model.upsert(slice)
        _ = model.upsert(EndpointSlice.make("b", of: "other", [.ready("10.1.1.1", node: "node4")]))
        _ = model.takeDelta()
        return model
    }

    private static func weights(_ model: ServiceModel) -> [UInt16] {
        model.state(of: web, family: .ipv4)?.endpoints(.cluster).map(\.weight) ?? []
    }

    @Test("Pods by name and address, nodes, addresses with and without a port; and all of it undone")
    func reasons() throws {
        let first = try #require(IPAddress("10.1.0.1"))
        let third = try #require(IPAddress("10.1.0.3"))
        let one = ObjectKey(namespace: "default", name: "one")
        for (drains, expected) in [
            (Drains(pods: [one: [first]]), [0, 1, 1]),
            // Another pod with the same address: one of a host network.
            (Drains(pods: [ObjectKey(namespace: "default", name: "else"): [first]]), [1, 1, 1]),
            (Drains(pods: [ObjectKey(namespace: "elsewhere", name: "one"): [first]]), [1, 1, 1]),
            // Where the slice names no pod the address tells.
            (Drains(pods: [one: [third]]), [1, 1, 0]),
            (Drains(nodes: ["node3"]), [1, 0, 1]),
            (Drains(nodes: ["node2", "nobody"]), [0, 1, 0]),
            (Drains(addresses: [EndpointAddress(third, 0)]), [1, 1, 0]),
            (Drains(addresses: [EndpointAddress(third, 8080)]), [1, 1, 0]),
            (Drains(addresses: [EndpointAddress(third, 80)]), [1, 1, 1]),
        ] as [(Drains, [UInt16])] {
            var model = Self.model()
            model.setDrains(drains)
            _ = model.takeDelta()
            #expect(Self.weights(model) == expected, "\(drains)")
            #expect(model.drainedEndpoints().values.reduce(0) { $0 + $1.count } == expected.count { $0 == 0 })
            model.setDrains(Drains())
            _ = model.takeDelta()
            #expect(Self.weights(model) == [1, 1, 1])
        }
    }

    @Test("A drain changes the Services that have the endpoints, and makes no flow stale")
    func delta() throws {
        var model = Self.model()
        model.setDrains(Drains(nodes: ["node3"]))
        let (delta, _) = model.takeDelta()
        #expect(delta.families[.ipv4]?.updated.count == 1)
        #expect(delta.staleFlows.isEmpty)
        // The same again is no change; nor is what nobody has.
        model.setDrains(Drains(nodes: ["node3"]))
        #expect(!model.hasPendingChanges)
        model.setDrains(Drains(nodes: ["node3", "node9"]))
        #expect(model.takeDelta().0.isEmpty)
    }

    @Test("It holds for endpoints that come later")
    func later() {
        var model = Self.model()
        model.setDrains(Drains(nodes: ["node7"]))
        _ = model.takeDelta()
        _ = model.upsert(EndpointSlice.make("c", of: "web", [.ready("10.1.0.9", node: "node7")]))
        _ = model.takeDelta()
        #expect(Self.weights(model) == [1, 1, 1, 0])
    }

    @Test("A Service whose endpoints are all drained is named, and refuses")
    func emptied() throws {
        var model = Self.model()
        model.setDrains(Drains(nodes: ["node4"]))
        _ = model.takeDelta()
        #expect(model.emptiedByDrains().map(\.description) == ["default/other"])
        let name = ServicePortName(namespace: "default", name: "other", port: "", transport: .tcp)
        #expect(model.state(of: name, family: .ipv4)?.outcome(of: .cluster) == .reject)
        #expect(model.endpointStandings(of: name, family: .ipv4).map(\.exclusions[.cluster]) == [.drained])
        #expect(model.overview().flatMap(\.endpoints).count { $0.isDrained } == 1)
    }
}
