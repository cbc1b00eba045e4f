import DataplaneTesting
import KubeAPI
import NetworkAddress
import ServiceModel
import Testing

/// Which flows conntrack has to forget.
@Suite struct StaleFlowsTests {
    private func port(_ transport: String = "UDP") -> Service.Port {
        Service.Port(name: "dns", transport: transport, port: 53)
    }

    private func slice(_ endpoints: [EndpointSlice.Endpoint], _ transport: String = "UDP") -> EndpointSlice {
        .make(
            "a", of: "dns", addressType: "IPv4",
            ports: [EndpointSlice.Port(name: "dns", transport: transport, port: 5353)], endpoints)
    }

    private func fixture(
        _ endpoints: [EndpointSlice.Endpoint], _ transport: String = "UDP",
        localTraffic: LocalTrafficDetector = .none, edit: (inout Service) -> Void = { _ in }
    ) -> ModelFixture {
        var fixture = ModelFixture(ServiceModelConfiguration(nodeName: "node1", localTraffic: localTraffic))
        fixture.model.setLocalAddresses([ip("192.168.0.2"), ip("fd02::2")])
        fixture.put(
            Service.make("dns", ports: [port(transport)]) {
                $0.spec.ports[0].nodePort = 30053
                $0.spec.externalIPs = ["1.1.1.1"]
                $0.loadBalancerIngress = [.init(ip: "2.2.2.2")]
                edit(&$0)
            }, slice(endpoints, transport))
        fixture.sync()
        return fixture
    }

    private static func frontends(_ transport: TransportProtocol = .udp) -> [FrontendKey] {
        [
            FrontendKey(ip("10.96.0.1"), 53, transport), FrontendKey(ip("1.1.1.1"), 53, transport),
            FrontendKey(ip("2.2.2.2"), 53, transport), .nodePort(30053, transport, .ipv4),
        ]
    }

    private func expected(_ endpoints: String..., transport: TransportProtocol = .udp) -> StaleFlows {
        let targets = FlowTargets(endpoints.map { endpoint($0, 5353) })
        return StaleFlows(families: [
            .ipv4: StaleFamilyFlows(
                frontends: Dictionary(uniqueKeysWithValues: Self.frontends(transport).map { ($0, targets) }),
                nodeAddresses: [ip("192.168.0.2")])
        ])
    }

    @Test func firstDelta() {
        #expect(fixture([.ready("10.0.0.1")]).delta.staleFlows == expected("10.0.0.1"))
        #expect(fixture([.notReady("10.0.0.1")]).delta.staleFlows == expected(), "what an earlier process left")
    }

    @Test func endpointsCome() {
        var fixture = fixture([])
        fixture.put(slice([.ready("10.0.0.1")]))
        fixture.sync()
        #expect(fixture.delta.staleFlows == expected("10.0.0.1"), "until now flows were not translated")
        fixture.put(slice([.ready("10.0.0.1"), .ready("10.0.0.2")]))
        fixture.sync()
        #expect(!fixture.delta.isEmpty)
        #expect(fixture.delta.staleFlows.isEmpty, "one more makes nothing stale")
    }

    @Test("kubernetes/kubernetes#139628") func endpointsGo() {
        var fixture = fixture([.ready("10.0.0.1"), .ready("10.0.0.2")])
        fixture.put(slice([.ready("10.0.0.1"), .draining("10.0.0.2")]))
        fixture.sync()
        #expect(fixture.delta.staleFlows.isEmpty, "it still serves")
        fixture.put(slice([.draining("10.0.0.1"), .draining("10.0.0.2")]))
        fixture.sync()
        #expect(fixture.delta.staleFlows.isEmpty, "all that are left shut down, and serve")
        fixture.put(slice([.draining("10.0.0.1"), .notReady("10.0.0.2")]))
        fixture.sync()
        #expect(fixture.delta.staleFlows == expected("10.0.0.1"))
        fixture.put(slice([]))
        fixture.sync()
        #expect(fixture.delta.staleFlows == expected(), "the last one")
        fixture.put(slice([.ready("10.0.0.3")]))
        fixture.sync()
        #expect(fixture.delta.staleFlows == expected("10.0.0.3"))
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
            Service.make("dns", ports: [port()]) {
                $0.spec.ports[0].nodePort = 30054
                $0.spec.externalIPs = ["1.1.1.1", "1.1.1.2"]
            })
        fixture.sync()
        let serving = FlowTargets([endpoint("10.0.0.1", 5353)])
        #expect(
            fixture.delta.staleFlows.families[.ipv4]
                == StaleFamilyFlows(
                    frontends: [
                        FrontendKey(ip("2.2.2.2"), 53, .udp): FlowTargets(),
                        FrontendKey(ip("1.1.1.2"), 53, .udp): serving,
                        .nodePort(30053, .udp, .ipv4): FlowTargets(), .nodePort(30054, .udp, .ipv4): serving,
                    ], nodeAddresses: [ip("192.168.0.2")]))
    }

    @Test func aFrontendThatMovesBelongsToItsNewService() {
        var fixture = fixture([.ready("10.0.0.1")])
        fixture.put(
            Service.make("other", ports: [port()], created: "2026-02-01T00:00:00Z"),
            .make(
                "b", of: "other", ports: [EndpointSlice.Port(name: "dns", transport: "UDP", port: 5353)],
                [.ready("10.0.0.7")]))
        fixture.sync()
        #expect(fixture.delta.staleFlows.isEmpty)
        fixture.model.removeService(ObjectKey(namespace: "default", name: "dns"))
        fixture.sync()
        let flows = fixture.delta.staleFlows.families[.ipv4]
        #expect(flows?.frontends[Self.frontends()[0]] == FlowTargets([endpoint("10.0.0.7", 5353)]))
        #expect(flows?.frontends[Self.frontends()[1]] == FlowTargets())
    }

    // MARK: Policies

    @Test("The policy that holds for a flow tells where it may lead to") func policies() {
        let all = [
            EndpointSlice.Endpoint.ready("10.0.0.1", node: "node1"), .ready("10.0.0.2", node: "node2"),
            .draining("10.0.0.3", node: "node1"),
        ]
        let here = [endpoint("10.0.0.1", 5353), endpoint("10.0.0.3", 5353)]
        let everywhere = [here[0], endpoint("10.0.0.2", 5353), here[1]]
        var fixture = fixture(all) { $0.spec.type = "LoadBalancer" }
        func targets(_ frontend: FrontendKey) -> FlowTargets? {
            fixture.delta.staleFlows.families[.ipv4]?.frontends[frontend]
        }
        #expect(targets(Self.frontends()[0]) == FlowTargets(everywhere))
        var service = Service.make("dns", ports: [port()]) {
            $0.spec.type = "LoadBalancer"
            $0.spec.ports[0].nodePort = 30053
            $0.spec.externalIPs = ["1.1.1.1"]
            $0.loadBalancerIngress = [.init(ip: "2.2.2.2")]
            $0.spec.externalTrafficPolicy = "Local"
        }
        fixture.put(service)
        fixture.sync()
        #expect(targets(Self.frontends()[0]) == nil, "the cluster IP has another policy")
        for frontend in Self.frontends().dropFirst() {
            #expect(targets(frontend) == FlowTargets(inside: everywhere, outside: here), "\(frontend)")
        }
        service.spec.internalTrafficPolicy = "Local"
        fixture.put(service)
        fixture.sync()
        #expect(targets(Self.frontends()[0]) == FlowTargets(here), "whoever asks")
        fixture.put(slice([.ready("10.0.0.1", node: "node1"), .ready("10.0.0.2", node: "node2")]))
        fixture.sync()
        #expect(targets(Self.frontends()[1])?.outside.map(\.address) == [here[0]], "the draining one is gone")
        fixture.put(slice([.ready("10.0.0.1", node: "node1"), .ready("10.0.0.4", node: "node2")]))
        fixture.sync()
        #expect(targets(Self.frontends()[0]) == nil, "what is elsewhere does not concern it")
        #expect(targets(Self.frontends()[1])?.inside.map(\.address) == [here[0], endpoint("10.0.0.4", 5353)])
    }

    static let detectors: [(LocalTrafficDetector, pods: [String], [String]?)] = [
        (.none, ["10.0.1.0/24"], []), (.nodeCIDR, ["10.0.1.0/24"], ["10.0.1.0/24"]),
        (.clusterCIDR(["10.0.0.0/8", "10.9.0.0/16"].compactMap { IPNetwork($0) }), [], ["10.0.0.0/8"]),
        (.bridgeInterface("br0"), ["10.0.1.0/24"], ["10.0.1.0/24"]), (.interfaceNamePrefix("veth"), [], nil),
    ]

    @Test("Who counts as a pod of this node", arguments: detectors)
    func podNetworks(detector: LocalTrafficDetector, pods: [String], expected: [String]?) {
        var fixture = ModelFixture(ServiceModelConfiguration(nodeName: "node1", localTraffic: detector))
        fixture.model.setNode(.make("node1", addresses: ["192.168.0.2"], podCIDRs: pods))
        fixture.put(Service.make("dns", ports: [port()]), slice([.ready("10.0.0.1")]))
        fixture.sync()
        let networks = fixture.delta.staleFlows.families[.ipv4]?.podNetworks
        #expect(networks == expected.map { $0.compactMap { IPNetwork($0) } })
    }

    // MARK: Other protocols

    @Test("TCP: for connections that nobody has answered") func tcp() {
        var fixture = fixture([.ready("10.0.0.1"), .ready("10.0.0.2")], "TCP")
        #expect(fixture.delta.staleFlows == expected("10.0.0.1", "10.0.0.2", transport: .tcp))
        fixture.put(slice([.ready("10.0.0.1"), .notReady("10.0.0.2")], "TCP"))
        fixture.sync()
        #expect(fixture.delta.staleFlows == expected("10.0.0.1", transport: .tcp))
        fixture.put(slice([], "TCP"))
        fixture.sync()
        #expect(fixture.delta.staleFlows == expected(transport: .tcp))
    }

    @Test("SCTP: associations outlast a moment in which the endpoint is not ready, and changes of policy") func sctp() {
        var fixture = fixture([.ready("10.0.0.1"), .ready("10.0.0.2")], "SCTP")
        fixture.put(slice([.ready("10.0.0.1"), .notReady("10.0.0.2")], "SCTP"))
        fixture.put(
            Service.make("dns", ports: [port("SCTP")]) {
                $0.spec.ports[0].nodePort = 30053
                $0.spec.externalIPs = ["1.1.1.1"]
                $0.loadBalancerIngress = [.init(ip: "2.2.2.2")]
                $0.spec.internalTrafficPolicy = "Local"
            })
        fixture.sync()
        #expect(!fixture.delta.isEmpty)
        #expect(fixture.delta.staleFlows.isEmpty)
        fixture.put(slice([.ready("10.0.0.1")], "SCTP"))
        fixture.sync()
        #expect(fixture.delta.staleFlows == expected("10.0.0.1", transport: .sctp))
    }

    // MARK: One entry

    @Test func decision() {
        let good = endpoint("10.0.0.1", 5353)
        let bad = endpoint("10.0.0.2", 5353)
        let vip = endpoint("10.96.0.1", 53)
        let client = ip("10.0.9.9")
        var flows = StaleFamilyFlows(
            frontends: [
                FrontendKey(vip.ip, 53, .udp): FlowTargets([good]),
                FrontendKey(ip("10.96.0.2"), 53, .udp): FlowTargets(),
                .nodePort(30053, .udp, .ipv4): FlowTargets([good]),
                FrontendKey(ip("1.1.1.1"), 53, .udp): FlowTargets(inside: [good, bad], outside: [good]),
            ], nodeAddresses: [ip("192.168.0.2")], podNetworks: [IPNetwork("10.0.1.0/24")].compactMap { $0 })
        func isStale(_ destination: EndpointAddress, _ source: EndpointAddress, _ client: IPAddress = client) -> Bool {
            flows.isStale(.udp, client: client, destination: destination, replySource: source)
        }
        #expect(!isStale(vip, good))
        #expect(isStale(vip, bad))
        #expect(isStale(vip, endpoint("10.0.0.1", 53)))
        #expect(isStale(vip, vip), "never translated")
        #expect(!flows.isStale(.tcp, client: client, destination: vip, replySource: bad), "another protocol's port")
        #expect(isStale(endpoint("10.96.0.2", 53), good))
        #expect(!isStale(endpoint("10.96.0.1", 54), bad))
        #expect(!isStale(endpoint("192.168.0.2", 30053), good))
        #expect(isStale(endpoint("192.168.0.2", 30053), bad))
        let elsewhere = endpoint("8.8.8.8", 30053)
        #expect(!isStale(elsewhere, elsewhere))
        let external = endpoint("1.1.1.1", 53)
        #expect(isStale(external, bad))
        for inside in ["10.0.1.7", "192.168.0.2", "127.0.0.1"] { #expect(!isStale(external, bad, ip(inside))) }
        flows.podNetworks = nil
        #expect(!isStale(external, bad), "it may be a pod of this node")
        flows.nodeAddresses = []
        #expect(isStale(elsewhere, elsewhere))
    }
}
