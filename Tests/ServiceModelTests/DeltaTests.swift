import DataplaneTesting
import KubeAPI
import NetworkAddress
import ServiceModel
import Testing

@Suite struct DeltaTests {
    private let key = ObjectKey(namespace: "default", name: "web")

    @Test func sameContentIsNoChange() {
        var fixture = ModelFixture()
        let slice = EndpointSlice.make("a", of: "web", [.ready("10.0.0.1"), .ready("10.0.0.2")])
        fixture.put(Service.make("web"), slice)
        fixture.sync()
        var same = slice
        same.metadata.resourceVersion = "77"
        same.endpoints.reverse()
        fixture.put(Service.make("web") { $0.metadata.resourceVersion = "78" }, same)
        #expect(!fixture.model.hasPendingChanges)
        fixture.sync()
        #expect(fixture.delta.isEmpty)
        #expect(fixture.delta.triggerTimes == [:])
    }

    @Test func changesThatEndWhereTheyBegan() {
        var fixture = ModelFixture()
        let slice = EndpointSlice.make("a", of: "web", [.ready("10.0.0.1")])
        fixture.put(Service.make("web"), slice)
        fixture.sync()
        fixture.model.removeService(key)
        fixture.model.removeEndpointSlice(slice.metadata.key)
        fixture.put(Service.make("web"), slice)
        #expect(fixture.model.hasPendingChanges)
        fixture.sync()
        #expect(fixture.delta.isEmpty)
        #expect(fixture.delta.staleFlows.isEmpty)
    }

    @Test func onlyWhatDiffers() {
        var fixture = ModelFixture()
        for index in 1...20 {
            fixture.put(
                Service.make("s\(index)", clusterIPs: ["10.96.0.\(index)"]),
                .make("s\(index)-a", of: "s\(index)", [.ready("10.0.0.\(index)")]))
        }
        fixture.sync()
        #expect(fixture.delta.families[.ipv4]?.updated.count == 20)
        fixture.put(EndpointSlice.make("s7-a", of: "s7", [.ready("10.0.1.7")]))
        fixture.sync()
        #expect(fixture.delta.families[.ipv4]?.updated.keys.map(\.name) == ["s7"])
        #expect(fixture.delta.families[.ipv4]?.removed == [])
        #expect(fixture.delta.families[.ipv4]?.node == nil)
    }

    @Test func slicesBeforeTheirServiceAndMoves() throws {
        var fixture = ModelFixture()
        fixture.put(EndpointSlice.make("a", of: "web", [.ready("10.0.0.1")]))
        fixture.sync()
        #expect(fixture.delta.families[.ipv4]?.updated.isEmpty == true)
        fixture.put(Service.make("web"), Service.make("other", clusterIPs: ["10.96.0.2"]))
        fixture.sync()
        #expect(texts(try #require(fixture.port("web")).clusterEndpoints) == ["10.0.0.1:8080"])
        fixture.put(EndpointSlice.make("a", of: "other", [.ready("10.0.0.1")]))
        #expect(fixture.sync() == [])
        #expect(fixture.port("web")?.clusterEndpoints == [])
        #expect(texts(try #require(fixture.port("other")).clusterEndpoints) == ["10.0.0.1:8080"])
    }

    @Test func stateOfAPort() {
        var fixture = ModelFixture()
        fixture.put(Service.make("web"), .make("a", of: "web", [.ready("10.0.0.1")]))
        let name = ServicePortName(namespace: "default", name: "web", port: "", transport: .tcp)
        #expect(fixture.model.state(of: name, family: .ipv4) == nil, "nothing before the delta")
        fixture.sync()
        #expect(fixture.model.state(of: name, family: .ipv4) == fixture.port("web"))
        #expect(fixture.model.state(of: name, family: .ipv4) != nil)
        #expect(fixture.model.state(of: name, family: .ipv6) == nil)
        fixture.model.removeService(key)
        fixture.sync()
        #expect(fixture.model.state(of: name, family: .ipv4) == nil)
    }

    @Test func triggerTimes() {
        var fixture = ModelFixture()
        var slice = EndpointSlice.make("a", of: "web", [.ready("10.0.0.1")])
        slice.metadata.annotations["endpoints.kubernetes.io/last-change-trigger-time"] = "1970-01-02T00:00:00.5Z"
        fixture.put(Service.make("web"), slice)
        fixture.sync()
        #expect(fixture.delta.triggerTimes == [:], "what came before the first delta is not measured")
        slice.endpoints.append(.ready("10.0.0.2"))
        fixture.put(slice)
        slice.metadata.annotations["endpoints.kubernetes.io/last-change-trigger-time"] = "1970-01-02T00:00:01Z"
        slice.endpoints.append(.ready("10.0.0.3"))
        fixture.put(slice)
        fixture.put(slice)
        fixture.sync()
        #expect(fixture.delta.triggerTimes == [.ipv4: [86400.5, 86401]], "of the slice's family alone")
        slice.endpoints.removeLast()
        fixture.put(slice)
        fixture.model.removeEndpointSlice(slice.metadata.key)
        fixture.sync()
        #expect(fixture.delta.triggerTimes == [:], "a removal has no trigger time")
    }

    @Test func healthCheckCountsAddressesOnThisNode() {
        var fixture = ModelFixture()
        let service = Service.make("web", clusterIPs: ["10.96.0.1", "fd00::1"]) {
            $0.spec.type = "LoadBalancer"
            $0.spec.externalTrafficPolicy = "Local"
            $0.spec.healthCheckNodePort = 31000
            $0.spec.ports.append(.init(name: "b", transport: "TCP", port: 81))
        }
        fixture.put(
            service,
            .make(
                "a", of: "web", ports: [.init(name: "", port: 1), .init(name: "b", port: 2)],
                [.ready("10.0.0.1", node: "node1"), .ready("10.0.0.2"), .draining("10.0.0.3", node: "node1")]),
            .make("b", of: "web", [.ready("10.0.0.1", node: "node1"), .ready("10.0.0.4", node: "node1")]),
            .make("c", of: "web", [.ready("fd07::1", node: "node1")]))
        fixture.sync()
        #expect(
            fixture.model.healthCheckNodePorts
                == [key: HealthCheckPort(port: 31000, localReadyEndpoints: [.ipv4: 2, .ipv6: 1])])
        fixture.model.removeService(key)
        fixture.sync()
        #expect(fixture.model.healthCheckNodePorts == [:])
    }

    @Test func portsWithoutLocalEndpoints() {
        var fixture = ModelFixture()
        let service = Service.make("web") {
            $0.spec.type = "NodePort"
            $0.spec.ports[0].nodePort = 30080
            $0.spec.externalTrafficPolicy = "Local"
            $0.spec.internalTrafficPolicy = "Local"
        }
        fixture.put(service, .make("a", of: "web", [.ready("10.0.0.1")]))
        fixture.sync()
        #expect(fixture.model.noLocalEndpointsCounts(family: .ipv4).internal == 1)
        #expect(fixture.model.noLocalEndpointsCounts.external == 1)
        #expect(fixture.model.noLocalEndpointsCounts(family: .ipv6) == NoLocalEndpointsCounts())
        fixture.put(EndpointSlice.make("a", of: "web", [.ready("10.0.0.1", node: "node1")]))
        fixture.sync()
        #expect(fixture.model.noLocalEndpointsCounts == NoLocalEndpointsCounts())
        fixture.put(EndpointSlice.make("a", of: "web", [.notReady("10.0.0.1")]))
        fixture.sync()
        #expect(fixture.model.noLocalEndpointsCounts == NoLocalEndpointsCounts(), "none at all: rejected, not dropped")
    }
}
