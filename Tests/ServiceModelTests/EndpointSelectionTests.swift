import DataplaneTesting
import KubeAPI
import NetworkAddress
import ServiceModel
import Testing

/// Which endpoints a node uses (kube-proxy's CategorizeEndpoints).
@Suite struct EndpointSelectionTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var internalPolicy = "Cluster"
        /// nil: a Service with a cluster IP only.
        var externalPolicy: String?
        var endpoints: [EndpointSlice.Endpoint]
        var cluster: [String] = []
        var local: [String] = []
        /// With those whose node is not known.
        var onThisNode: [String] = []
        var hasAny = true
    }

    static let cases: [Case] = [
        Case(testDescription: "none", endpoints: [], hasAny: false),
        Case(
            testDescription: "ready ones only", endpoints: [.ready("10.0.0.2"), .notReady("10.0.0.3")],
            cluster: ["10.0.0.2"]),
        Case(
            testDescription: "nil conditions mean ready", endpoints: [.init(addresses: ["10.0.0.2"])],
            cluster: ["10.0.0.2"], onThisNode: ["10.0.0.2"]),
        Case(
            testDescription: "draining ones if nothing is ready",
            endpoints: [.notReady("10.0.0.2"), .draining("10.0.0.3")], cluster: ["10.0.0.3"]),
        Case(
            testDescription: "draining ones are not used next to ready ones",
            endpoints: [.ready("10.0.0.2"), .draining("10.0.0.3")], cluster: ["10.0.0.2"]),
        Case(
            testDescription: "terminating with unknown serving is draining",
            endpoints: [.init(addresses: ["10.0.0.2"], ready: false, terminating: true)], cluster: ["10.0.0.2"],
            onThisNode: ["10.0.0.2"]),
        Case(
            testDescription: "not ready and not terminating is unusable",
            endpoints: [.init(addresses: ["10.0.0.2"], ready: false)], hasAny: false),
        Case(
            testDescription: "internal Local", internalPolicy: "Local",
            endpoints: [.ready("10.0.0.1", node: "node1"), .ready("10.0.0.2")], local: ["10.0.0.1"],
            onThisNode: ["10.0.0.1"]),
        Case(
            testDescription: "internal Local, none local", internalPolicy: "Local", endpoints: [.ready("10.0.0.2")]),
        Case(
            testDescription: "internal Local, nothing usable", internalPolicy: "Local",
            endpoints: [.notReady("10.0.0.1", node: "node1")], hasAny: false),
        Case(
            testDescription: "external Local keeps both lists", externalPolicy: "Local",
            endpoints: [.ready("10.0.0.1", node: "node1"), .ready("10.0.0.2")], cluster: ["10.0.0.1", "10.0.0.2"],
            local: ["10.0.0.1"], onThisNode: ["10.0.0.1"]),
        Case(
            testDescription: "Local falls back by itself", externalPolicy: "Local",
            endpoints: [.draining("10.0.0.1", node: "node1"), .ready("10.0.0.2")], cluster: ["10.0.0.2"],
            local: ["10.0.0.1"], onThisNode: ["10.0.0.1"]),
        Case(
            testDescription: "external Local, none local", externalPolicy: "Local", endpoints: [.ready("10.0.0.2")],
            cluster: ["10.0.0.2"]),
        Case(
            testDescription: "both Local with node ports", internalPolicy: "Local", externalPolicy: "Local",
            endpoints: [.ready("10.0.0.1", node: "node1"), .ready("10.0.0.2")], cluster: ["10.0.0.1", "10.0.0.2"],
            local: ["10.0.0.1"], onThisNode: ["10.0.0.1"]),
        Case(
            testDescription: "zone hints",
            endpoints: [.ready("10.0.0.1", zones: ["zone-a"]), .ready("10.0.0.2", zones: ["zone-b"])],
            cluster: ["10.0.0.1"]),
        Case(
            testDescription: "zone hints need one on every ready endpoint",
            endpoints: [.ready("10.0.0.1", zones: ["zone-a"]), .ready("10.0.0.2")],
            cluster: ["10.0.0.1", "10.0.0.2"]),
        Case(
            testDescription: "zone hints of others only", endpoints: [.ready("10.0.0.1", zones: ["zone-b"])],
            cluster: ["10.0.0.1"]),
        Case(
            testDescription: "an endpoint that is not ready needs no hint",
            endpoints: [
                .ready("10.0.0.1", zones: ["zone-a"]), .ready("10.0.0.2", zones: ["zone-b"]), .notReady("10.0.0.3"),
            ], cluster: ["10.0.0.1"]),
        Case(
            testDescription: "hints for several zones",
            endpoints: [.ready("10.0.0.1", zones: ["zone-b", "zone-a"]), .ready("10.0.0.2", zones: ["zone-b"])],
            cluster: ["10.0.0.1"]),
        Case(
            testDescription: "node hints before zone hints",
            endpoints: [
                .ready("10.0.0.1", zones: ["zone-a"], nodes: ["node1"]),
                .ready("10.0.0.2", zones: ["zone-a"], nodes: ["node2"]),
            ], cluster: ["10.0.0.1"]),
        Case(
            testDescription: "no node hint for this node: zone hints",
            endpoints: [
                .ready("10.0.0.1", zones: ["zone-a"], nodes: ["node3"]),
                .ready("10.0.0.2", zones: ["zone-b"], nodes: ["node2"]),
            ], cluster: ["10.0.0.1"]),
        Case(
            testDescription: "a node hint missing: zone hints",
            endpoints: [
                .ready("10.0.0.1", zones: ["zone-b"], nodes: ["node1"]), .ready("10.0.0.2", zones: ["zone-a"]),
            ], cluster: ["10.0.0.2"]),
        Case(
            testDescription: "hints do not bind the Local policy", internalPolicy: "Local", externalPolicy: "Cluster",
            endpoints: [
                .ready("10.0.0.1", node: "node1", zones: ["zone-b"]), .ready("10.0.0.2", zones: ["zone-a"]),
            ], cluster: ["10.0.0.2"], local: ["10.0.0.1"], onThisNode: ["10.0.0.1"]),
        Case(
            testDescription: "hints do not bind the fallback",
            endpoints: [
                .init(addresses: ["10.0.0.1"], ready: false, serving: true, terminating: true, zoneHints: ["zone-b"])
            ], cluster: ["10.0.0.1"], onThisNode: ["10.0.0.1"]),
    ]

    @Test(arguments: cases) func table(_ expected: Case) throws {
        var fixture = ModelFixture()
        fixture.put(
            Service.make("web") { service in
                service.spec.internalTrafficPolicy = expected.internalPolicy
                guard let policy = expected.externalPolicy else { return }
                service.spec.type = "NodePort"
                service.spec.externalTrafficPolicy = policy
                service.spec.ports[0].nodePort = 30080
            })
        fixture.put(EndpointSlice.make("web-1", of: "web", addressType: "IPv4", expected.endpoints))
        #expect(fixture.sync() == [])
        let state = try #require(fixture.port("web"))
        #expect(texts(state.clusterEndpoints) == expected.cluster.map { $0 + ":8080" })
        #expect(texts(state.localEndpoints) == expected.local.map { $0 + ":8080" })
        #expect(texts(state.endpointsOnThisNode.sorted()) == expected.onThisNode.map { $0 + ":8080" })
        #expect(state.hasAnyEndpoints == expected.hasAny)
        #expect(fixture.problems == [])
    }

    /// A pod's address is used again at once, on another node (kubernetes/kubernetes#135266).
    @Test("One address in two states: the ready one counts", arguments: [false, true], [false, true])
    func twoStates(inTwoSlices: Bool, isReversed: Bool) {
        let leaving: [EndpointSlice.Endpoint] = [
            .draining("10.0.0.1", node: "node1"), .notReady("10.0.0.1", node: "node1"),
            .init(addresses: ["10.0.0.1"], ready: false, serving: false, terminating: true, nodeName: "node1"),
        ]
        for old in leaving {
            let both = isReversed ? [old, .ready("10.0.0.1")] : [.ready("10.0.0.1"), old]
            var fixture = ModelFixture()
            fixture.put(Service.make("web") { $0.spec.type = "LoadBalancer" })
            if inTwoSlices {
                fixture.put(EndpointSlice.make("a", of: "web", [both[0]]))
                fixture.put(EndpointSlice.make("b", of: "web", [both[1]]))
            } else {
                fixture.put(EndpointSlice.make("a", of: "web", both))
            }
            fixture.sync()
            let port = fixture.port("web")
            #expect(port.map { texts($0.clusterEndpoints) } == ["10.0.0.1:8080"])
            #expect(port?.endpointsOnThisNode == [], "the one that is here serves no more")
        }
    }

    @Test("One address in two states: what serves before what does not, what is here before what is elsewhere")
    func twoStatesWithoutReadyOne() {
        var fixture = ModelFixture()
        fixture.put(Service.make("web") { $0.spec.internalTrafficPolicy = "Local" })
        fixture.put(EndpointSlice.make("a", of: "web", [.notReady("10.0.0.1"), .draining("10.0.0.1", node: "node1")]))
        fixture.sync()
        #expect(fixture.port("web").map { texts($0.localEndpoints) } == ["10.0.0.1:8080"])
        fixture.put(EndpointSlice.make("a", of: "web", [.ready("10.0.0.1"), .ready("10.0.0.1", node: "node1")]))
        fixture.sync()
        #expect(fixture.port("web").map { texts($0.localEndpoints) } == ["10.0.0.1:8080"])
    }

    @Test func endpointsInOrderAndOnce() throws {
        var fixture = ModelFixture()
        fixture.put(Service.make("web"))
        fixture.put(
            EndpointSlice.make("b", of: "web", [.ready("10.0.0.9"), .ready("10.0.0.3"), .ready("10.0.0.9")]),
            EndpointSlice.make("a", of: "web", [.ready("10.0.0.4"), .ready("10.0.0.3", node: "node1")]))
        fixture.sync()
        let state = try #require(fixture.port("web"))
        #expect(texts(state.clusterEndpoints) == ["10.0.0.3:8080", "10.0.0.4:8080", "10.0.0.9:8080"])
        #expect(texts(state.endpointsOnThisNode) == ["10.0.0.3:8080"], "a local duplicate is preferred")
    }

    @Test func portsMatchByNameAndProtocol() throws {
        var fixture = ModelFixture()
        fixture.put(
            Service.make(
                "web",
                ports: [
                    .init(name: "dns", transport: "UDP", port: 53), .init(name: "dns-tcp", transport: "TCP", port: 53),
                    .init(name: "other", transport: "TCP", port: 99),
                ]))
        fixture.put(
            EndpointSlice.make(
                "a", of: "web",
                ports: [
                    .init(name: "dns", transport: "UDP", port: 5353), .init(name: "dns-tcp", port: 5354),
                    .init(name: "other", transport: "UDP", port: 1),
                ], [.ready("10.0.0.3")]))
        fixture.sync()
        #expect(texts(try #require(fixture.port("web", "dns", .udp)).clusterEndpoints) == ["10.0.0.3:5353"])
        #expect(texts(try #require(fixture.port("web", "dns-tcp")).clusterEndpoints) == ["10.0.0.3:5354"])
        #expect(try #require(fixture.port("web", "other")).clusterEndpoints == [])
    }

    @Test func zoneOfTheNodeChanges() throws {
        var fixture = ModelFixture()
        fixture.put(Service.make("web"), Service.make("plain", clusterIPs: ["10.96.0.2"]))
        fixture.put(
            EndpointSlice.make(
                "a", of: "web", [.ready("10.0.0.1", zones: ["zone-a"]), .ready("10.0.0.2", zones: ["zone-b"])]),
            EndpointSlice.make("b", of: "plain", [.ready("10.0.0.7")]))
        fixture.sync()
        fixture.model.setNode(.make("node1", zone: "zone-b", addresses: ["192.168.0.2", "fd02::2"]))
        #expect(fixture.sync() == [])
        #expect(texts(try #require(fixture.port("web")).clusterEndpoints) == ["10.0.0.2:8080"])
        #expect(fixture.delta.families[.ipv4]?.updated.count == 1)
        #expect(fixture.delta.families[.ipv4]?.node == nil, "a label is no fact that backends see")
    }
}
