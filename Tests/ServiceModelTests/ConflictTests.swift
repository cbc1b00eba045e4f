import DataplaneTesting
import KubeAPI
import NetworkAddress
import ServiceModel
import Testing

/// Two Services that ask for the same frontend.
@Suite struct ConflictTests {
    static let early = "2026-01-01T00:00:00Z"
    static let late = "2026-01-02T00:00:00Z"

    @Test func clusterIP() throws {
        var fixture = ModelFixture()
        fixture.put(Service.make("a", created: Self.late), Service.make("b", created: Self.early))
        fixture.sync()
        #expect(fixture.port("a") == nil)
        #expect(fixture.port("b") != nil)
        #expect(
            fixture.messages == [
                "Service default/a: 10.96.0.1:80/TCP belongs to the older Service default/b; this port is not proxied"
            ])
        fixture.sync()
        #expect(fixture.problems.count == 1, "told once")
        fixture.model.removeService(ObjectKey(namespace: "default", name: "b"))
        #expect(fixture.sync() == [])
        #expect(fixture.port("a") != nil, "the loser comes back")
        #expect(fixture.problems.count == 1)
    }

    @Test func anOlderServiceArrivesLater() {
        var fixture = ModelFixture()
        fixture.put(Service.make("b", created: Self.late))
        fixture.sync()
        #expect(fixture.port("b") != nil)
        fixture.put(Service.make("a", created: Self.early))
        #expect(fixture.sync() == [])
        #expect(fixture.port("a") != nil)
        #expect(fixture.port("b") == nil)
        #expect(fixture.delta.families[.ipv4]?.removed.map(\.name) == ["b"])
    }

    @Test func sameAgeGoesByName() {
        var fixture = ModelFixture()
        fixture.put(Service.make("b"), Service.make("a"), Service.make("c", created: ""))
        fixture.sync()
        #expect(fixture.state.ports[.ipv4]?.keys.map(\.name) == ["a"])
        #expect(fixture.problems.count == 2)
    }

    @Test func otherPortOrProtocolIsNoConflict() {
        var fixture = ModelFixture()
        fixture.put(
            Service.make("a"), Service.make("b", ports: [.init(transport: "UDP", port: 80)]),
            Service.make("c", ports: [.init(transport: "TCP", port: 81)]))
        fixture.sync()
        #expect(fixture.state.ports[.ipv4]?.count == 3)
        #expect(fixture.problems == [])
    }

    @Test func nodePort() throws {
        var fixture = ModelFixture()
        let udp = Service.Port(transport: "UDP", port: 80, nodePort: 30080)
        let tcp = Service.Port(transport: "TCP", port: 80, nodePort: 30080)
        fixture.put(
            Service.make("a", clusterIPs: ["10.96.0.1", "fd00::1"], ports: [tcp]),
            Service.make("b", clusterIPs: ["10.96.0.2", "fd00::2"], ports: [tcp]),
            Service.make("u", clusterIPs: ["10.96.0.3"], ports: [udp]))
        fixture.sync()
        #expect(fixture.port("a")?.service.nodePort == 30080)
        #expect(fixture.port("b")?.service.nodePort == 0)
        #expect(fixture.port("b", family: .ipv6)?.service.nodePort == 0)
        #expect(fixture.port("u", "", .udp)?.service.nodePort == 30080)
        #expect(
            fixture.messages.first == "Service default/b: node port 30080/TCP (IPv4) belongs to the older "
                + "Service default/a; ignored here")
        #expect(fixture.problems.count == 2)
        fixture.put(Service.make("a", clusterIPs: ["10.96.0.1", "fd00::1"]))
        #expect(fixture.sync() == [])
        #expect(fixture.port("b")?.service.nodePort == 30080)
        #expect(fixture.port("b", family: .ipv6)?.service.nodePort == 30080)
    }

    @Test func externalAndLoadBalancerAddresses() throws {
        var fixture = ModelFixture()
        fixture.put(
            Service.make("a") { $0.spec.externalIPs = ["1.1.1.1"] },
            Service.make("b", clusterIPs: ["10.96.0.2"]) {
                $0.spec.externalIPs = ["1.1.1.2", "10.96.0.1"]
                $0.loadBalancerIngress = [.init(ip: "1.1.1.1"), .init(ip: "2.2.2.2")]
            })
        fixture.sync()
        let service = try #require(fixture.port("b")).service
        #expect(service.externalIPs == [ip("1.1.1.2")])
        #expect(service.loadBalancerVIPs == [ip("2.2.2.2")])
        #expect(fixture.problems.map(\.reason) == [.conflict, .conflict])
    }

    @Test func healthCheckNodePort() throws {
        var fixture = ModelFixture()
        fixture.put(
            Service.make("a", ports: [.init(transport: "TCP", port: 80, nodePort: 31000)]),
            Service.make("b", clusterIPs: ["10.96.0.2"]) {
                $0.spec.type = "LoadBalancer"
                $0.spec.externalTrafficPolicy = "Local"
                $0.spec.healthCheckNodePort = 31000
            })
        fixture.sync()
        #expect(fixture.port("b")?.service.healthCheckNodePort == 0)
        #expect(fixture.model.healthCheckNodePorts == [:])
        #expect(fixture.problems.map(\.reason) == [.conflict])
        fixture.model.removeService(ObjectKey(namespace: "default", name: "a"))
        fixture.sync()
        #expect(fixture.port("b")?.service.healthCheckNodePort == 31000)
        #expect(fixture.model.healthCheckNodePorts.values.map(\.port) == [31000])
    }
}
