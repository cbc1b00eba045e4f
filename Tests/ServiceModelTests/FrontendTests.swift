import DataplaneTesting
import KubeAPI
import NetworkAddress
import ServiceModel
import Testing

/// What becomes of a connection, by the way that it takes and where it begins.
@Suite struct FrontendTests {
    private static let here = EndpointSlice.Endpoint.ready("10.0.0.1", node: "node1")
    private static let elsewhere = EndpointSlice.Endpoint.ready("10.0.0.2", node: "node2")

    private func state(
        _ endpoints: [EndpointSlice.Endpoint], _ edit: (inout Service) -> Void = { _ in }
    ) throws -> ServicePortState {
        var fixture = ModelFixture(ServiceModelConfiguration(nodeName: "node1", families: [.ipv4]))
        fixture.put(
            Service.make("web") {
                $0.spec.type = "LoadBalancer"
                $0.spec.ports[0].nodePort = 30080
                $0.spec.externalIPs = ["192.0.2.1"]
                $0.loadBalancerIngress = [.init(ip: "192.0.2.2")]
                edit(&$0)
            }, EndpointSlice.make("a", of: "web", endpoints))
        fixture.sync()
        return try #require(fixture.port("web"))
    }

    /// A line a frontend: its kind, and what becomes of pods here, the node and others; `+` where they are masqueraded.
    private func lines(_ state: ServicePortState) -> [String] {
        state.service.frontends.map { frontend in
            let origins = Origin.allCases.map { origin in
                let outcome = "\(state.outcome(of: frontend, for: origin))"
                    .replacing("balance(ServiceModel.EndpointList.", with: "").replacing(")", with: "")
                let isMasqueraded = (frontend.masquerading ?? .allButPodsHere).includes(origin)
                return outcome + (isMasqueraded ? "+" : "")
            }
            return "\(frontend.kind) \(origins.joined(separator: " "))"
        }
    }

    @Test("Policy Cluster: every endpoint for everybody") func cluster() throws {
        #expect(
            lines(try state([Self.here, Self.elsewhere])) == [
                "clusterIP cluster cluster+ cluster+", "externalIP cluster+ cluster+ cluster+",
                "loadBalancerIP cluster+ cluster+ cluster+", "nodePort cluster+ cluster+ cluster+",
            ])
    }

    @Test("external policy Local: others get endpoints here, pods and the node get all of them") func externalLocal()
        throws
    {
        func local(_ endpoints: [EndpointSlice.Endpoint]) throws -> [String] {
            lines(try state(endpoints) { $0.spec.externalTrafficPolicy = "Local" })
        }
        #expect(
            try local([Self.here, Self.elsewhere]).dropFirst() == [
                "externalIP cluster cluster+ local", "loadBalancerIP cluster cluster+ local",
                "nodePort cluster cluster+ local",
            ])
        #expect(
            try local([Self.elsewhere]).dropFirst() == [
                "externalIP cluster cluster+ drop", "loadBalancerIP cluster cluster+ drop",
                "nodePort cluster cluster+ drop",
            ])
        #expect(try local([Self.elsewhere]).first == "clusterIP cluster cluster+ cluster+")
    }

    @Test("internal policy Local concerns the cluster IP only, whoever asks") func internalLocal() throws {
        func local(_ endpoints: [EndpointSlice.Endpoint]) throws -> [String] {
            lines(try state(endpoints) { $0.spec.internalTrafficPolicy = "Local" })
        }
        #expect(try local([Self.here]).first == "clusterIP local local+ local+")
        #expect(try local([Self.elsewhere]).first == "clusterIP drop drop+ drop+")
        #expect(try local([Self.elsewhere]).last == "nodePort cluster+ cluster+ cluster+")
    }

    @Test("Without any endpoint everybody is refused, whatever the policies") func reject() throws {
        let lines = lines(
            try state([.notReady("10.0.0.1", node: "node1")]) {
                $0.spec.internalTrafficPolicy = "Local"
                $0.spec.externalTrafficPolicy = "Local"
            })
        #expect(lines.count == 4)
        #expect(lines.allSatisfy { $0.replacing("+", with: "").hasSuffix(" reject reject reject") })
    }

    @Test("Endpoints say where they are, and whether they shut down") func endpoints() throws {
        var unknown = EndpointSlice.Endpoint.ready("10.0.0.3")
        unknown.nodeName = nil
        let state = try state([Self.here, Self.elsewhere, unknown])
        #expect(state.endpoints(.cluster).map(\.place) == [.here, .elsewhere, .unknown])
        #expect(state.hairpinAddresses == [ip("10.0.0.1"), ip("10.0.0.3")])
        let draining = try self.state([.draining("10.0.0.1", node: "node1")])
        #expect(draining.endpoints(.cluster).map(\.state) == [.draining])
        #expect(MemoryLayout<Endpoint>.stride == 24)
    }

    @Test("Source ranges that admit the node admit the load balancer's addresses, and follow the node's address")
    func sourceRanges() throws {
        var fixture = ModelFixture()
        fixture.put(
            Service.make("web", clusterIPs: ["10.96.0.1", "fd00::1"]) {
                $0.spec.type = "LoadBalancer"
                $0.spec.loadBalancerSourceRanges = ["192.168.0.0/24"]
                $0.loadBalancerIngress = [.init(ip: "192.0.2.2"), .init(ip: "fd00::2")]
            })
        fixture.sync()
        let service = fixture.port("web")?.service
        #expect(service?.sourceRanges?.networks.map(\.description) == ["192.168.0.0/24", "192.0.2.2/32"])
        #expect(service?.sourceRanges?.admitsNode == true)
        #expect(fixture.port("web", family: .ipv6)?.service.sourceRanges == nil, "no range of the family: everybody")
        fixture.model.setNode(.make("node1", zone: "zone-a", addresses: ["192.168.1.2", "fd02::2"]))
        #expect(fixture.sync() == [])
        #expect(fixture.delta.families[.ipv4]?.updated.count == 1)
        #expect(fixture.delta.families[.ipv6]?.updated.isEmpty == true, "nothing changed there")
        #expect(fixture.port("web")?.service.sourceRanges?.networks.map(\.description) == ["192.168.0.0/24"])
        fixture.model.setNode(.make("node1", zone: "zone-a", addresses: ["192.168.1.3", "fd02::2"]))
        fixture.sync()
        #expect(fixture.delta.families[.ipv4]?.updated.isEmpty == true, "as little as before")
    }

    @Test("Whose connections to cluster IPs are masqueraded, and what tells pods here")
    func masquerading() throws {
        func facts(_ detector: LocalTrafficDetector, all: Bool = false) throws -> NodeFacts {
            var fixture = ModelFixture(
                ServiceModelConfiguration(nodeName: "node1", localTraffic: detector, masqueradeAll: all))
            fixture.model.setNode(.make("node1", podCIDRs: ["10.244.1.0/24"]))
            fixture.sync()
            return try #require(fixture.state.facts[.ipv4])
        }
        let range = try #require(IPNetwork("10.244.1.0/24"))
        #expect(try facts(.none).clusterIPMasquerading == .nobodys)
        #expect(try facts(.none, all: true).clusterIPMasquerading == .everybodys)
        #expect(try facts(.nodeCIDR).clusterIPMasquerading == .allButPodsHere)
        #expect(try facts(.nodeCIDR).localPods == LocalPods(match: .source(range), networks: [range]))
        #expect(
            try facts(.bridgeInterface("br0")).localPods
                == LocalPods(match: .inputInterface("br0", isPrefix: false), networks: [range]))
        #expect(try facts(.clusterCIDR([try #require(IPNetwork("fd00::/8"))])).clusterIPMasquerading == .nobodys)
    }
}
