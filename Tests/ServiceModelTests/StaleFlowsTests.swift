import DataplaneTesting
import KubeAPI
import NetworkAddress
import ServiceModel
import Testing

/// Which UDP flows conntrack has to forget.
@Suite struct StaleFlowsTests {
    static let dns = Service.Port(name: "dns", transport: "UDP", port: 53)
    static let dnsTarget = EndpointSlice.Port(name: "dns", transport: "UDP", port: 5353)

    private func slice(_ endpoints: [EndpointSlice.Endpoint]) -> EndpointSlice {
        .make("a", of: "dns", addressType: "IPv4", ports: [Self.dnsTarget], endpoints)
    }

    private func fixture(_ endpoints: [EndpointSlice.Endpoint]) -> ModelFixture {
        var fixture = ModelFixture()
        fixture.model.setLocalAddresses([ip("192.168.0.2"), ip("fd02::2")])
        fixture.put(
            Service.make("dns", ports: [Self.dns]) {
                $0.spec.ports[0].nodePort = 30053
                $0.spec.externalIPs = ["1.1.1.1"]
                $0.loadBalancerIngress = [.init(ip: "2.2.2.2")]
            }, slice(endpoints))
        fixture.sync()
        return fixture
    }

    private func expected(_ endpoints: EndpointAddress...) -> StaleFlows {
        let set = Set(endpoints)
        return StaleFlows(families: [
            .ipv4: StaleFamilyFlows(
                frontends: [
                    endpoint("10.96.0.1", 53): set, endpoint("1.1.1.1", 53): set, endpoint("2.2.2.2", 53): set,
                ], nodePorts: [30053: set], nodeAddresses: [ip("192.168.0.2")])
        ])
    }

    @Test func firstDelta() {
        #expect(fixture([.ready("10.0.0.1")]).delta.staleFlows == expected(endpoint("10.0.0.1", 5353)))
        #expect(fixture([.notReady("10.0.0.1")]).delta.staleFlows.isEmpty)
    }

    @Test func endpointsCome() {
        var fixture = fixture([])
        fixture.put(slice([.ready("10.0.0.1")]))
        fixture.sync()
        #expect(fixture.delta.staleFlows == expected(endpoint("10.0.0.1", 5353)), "the first one")
        fixture.put(slice([.ready("10.0.0.1"), .ready("10.0.0.2")]))
        fixture.sync()
        #expect(!fixture.delta.isEmpty)
        #expect(fixture.delta.staleFlows.isEmpty, "one more makes nothing stale")
    }

    @Test func endpointsGo() {
        var fixture = fixture([.ready("10.0.0.1"), .ready("10.0.0.2")])
        fixture.put(slice([.ready("10.0.0.1"), .draining("10.0.0.2")]))
        fixture.sync()
        #expect(fixture.delta.staleFlows.isEmpty, "it still serves")
        fixture.put(slice([.ready("10.0.0.1"), .notReady("10.0.0.2")]))
        fixture.sync()
        #expect(fixture.delta.staleFlows == expected(endpoint("10.0.0.1", 5353)))
        fixture.put(slice([]))
        fixture.sync()
        #expect(fixture.delta.staleFlows.isEmpty, "with none left flows are left alone, as upstream")
        fixture.put(slice([.ready("10.0.0.3")]))
        fixture.sync()
        #expect(fixture.delta.staleFlows == expected(endpoint("10.0.0.3", 5353)))
    }

    @Test func serviceGoes() {
        var fixture = fixture([.ready("10.0.0.1")])
        fixture.model.removeService(ObjectKey(namespace: "default", name: "dns"))
        fixture.sync()
        #expect(fixture.delta.staleFlows == expected())
    }

    @Test func frontendsChange() {
        var fixture = fixture([.ready("10.0.0.1")])
        fixture.put(
            Service.make("dns", ports: [Self.dns]) {
                $0.spec.ports[0].nodePort = 30054
                $0.spec.externalIPs = ["1.1.1.1", "1.1.1.2"]
            })
        fixture.sync()
        let serving: Set = [endpoint("10.0.0.1", 5353)]
        #expect(
            fixture.delta.staleFlows.families[.ipv4]
                == StaleFamilyFlows(
                    frontends: [endpoint("2.2.2.2", 53): [], endpoint("1.1.1.2", 53): serving],
                    nodePorts: [30053: [], 30054: serving], nodeAddresses: [ip("192.168.0.2")]))
    }

    @Test func aFrontendThatMovesBelongsToItsNewService() {
        var fixture = fixture([.ready("10.0.0.1")])
        fixture.put(
            Service.make("other", ports: [Self.dns], created: "2026-02-01T00:00:00Z"),
            .make("b", of: "other", ports: [Self.dnsTarget], [.ready("10.0.0.7")]))
        fixture.sync()
        #expect(fixture.delta.staleFlows.isEmpty)
        fixture.model.removeService(ObjectKey(namespace: "default", name: "dns"))
        fixture.sync()
        let flows = fixture.delta.staleFlows.families[.ipv4]
        #expect(flows?.frontends[endpoint("10.96.0.1", 53)] == [endpoint("10.0.0.7", 5353)])
        #expect(flows?.frontends[endpoint("1.1.1.1", 53)] == [])
    }

    @Test func onlyUDP() {
        var fixture = ModelFixture()
        fixture.put(Service.make("web"), .make("a", of: "web", [.ready("10.0.0.1")]))
        fixture.sync()
        fixture.put(EndpointSlice.make("a", of: "web", addressType: "IPv4"))
        fixture.sync()
        fixture.model.removeService(ObjectKey(namespace: "default", name: "web"))
        fixture.sync()
        #expect(fixture.delta.staleFlows.isEmpty)
    }

    @Test func decision() {
        let flows = StaleFamilyFlows(
            frontends: [endpoint("10.96.0.1", 53): [endpoint("10.0.0.1", 5353)], endpoint("10.96.0.2", 53): []],
            nodePorts: [30053: [endpoint("10.0.0.1", 5353)]], nodeAddresses: [ip("192.168.0.2")])
        let good = endpoint("10.0.0.1", 5353)
        let bad = endpoint("10.0.0.2", 5353)
        #expect(!flows.isStale(destination: endpoint("10.96.0.1", 53), replySource: good))
        #expect(flows.isStale(destination: endpoint("10.96.0.1", 53), replySource: bad))
        #expect(flows.isStale(destination: endpoint("10.96.0.1", 53), replySource: endpoint("10.0.0.1", 53)))
        #expect(flows.isStale(destination: endpoint("10.96.0.2", 53), replySource: good))
        #expect(!flows.isStale(destination: endpoint("10.96.0.1", 54), replySource: bad))
        #expect(!flows.isStale(destination: endpoint("192.168.0.2", 30053), replySource: good))
        #expect(flows.isStale(destination: endpoint("192.168.0.2", 30053), replySource: bad))
        #expect(!flows.isStale(destination: endpoint("8.8.8.8", 30053), replySource: endpoint("8.8.8.8", 30053)))
        var unknown = flows
        unknown.nodeAddresses = []
        #expect(unknown.isStale(destination: endpoint("8.8.8.8", 30053), replySource: endpoint("8.8.8.8", 30053)))
    }
}
