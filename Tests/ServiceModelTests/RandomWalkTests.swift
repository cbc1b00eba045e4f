import DataplaneTesting
import KubeAPI
import NetworkAddress
import ServiceModel
import TestSupport
import Testing

/// Whatever the order of events, what the deltas add up to is what a new model makes of the final objects.
@Suite struct RandomWalkTests {
    @Test(arguments: 1...24) func deltasAddUp(seed: Int) {
        var walk = Walk(seed: UInt64(seed))
        for step in 0..<150 {
            for _ in 0..<Int.random(in: 1...4, using: &walk.random) { walk.takeStep() }
            let faults = walk.fixture.sync()
            #expect(faults == [], "step \(step)")
            var fresh = walk.freshModel()
            fresh.sync()
            #expect(walk.fixture.state == fresh.state, "step \(step)")
            #expect(walk.fixture.model.healthCheckNodePorts == fresh.model.healthCheckNodePorts, "step \(step)")
            #expect(walk.fixture.model.noLocalEndpointsCounts == fresh.model.noLocalEndpointsCounts, "step \(step)")
            for (family, ports) in fresh.state.ports {
                #expect(
                    DeltaRules.faults(of: FamilyDelta(updated: ServicePortStates(ports)), after: [:], family) == [],
                    "step \(step)")
            }
            guard walk.fixture.state == fresh.state else { return }
        }
        walk.removeAll()
        #expect(walk.fixture.sync() == [])
        #expect(walk.fixture.state.ports == [:])
        #expect(walk.fixture.model.noLocalEndpointsCounts == NoLocalEndpointsCounts())
    }
}

/// Random events over a few names, so that they meet often.
private struct Walk {
    var random: SeededGenerator
    var fixture = ModelFixture(ModelFixture.walkConfiguration)
    var services: [ObjectKey: Service] = [:]
    var slices: [ObjectKey: EndpointSlice] = [:]
    var node: Node? = .make("node1", zone: "zone-a", addresses: ["192.168.0.2", "fd02::2"])
    var cidrs: [IPNetwork] = []
    var local: [IPAddress] = []

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &random)]
    }

    mutating func takeStep() {
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<7:
            let service = randomService()
            services[service.metadata.key] = service
            fixture.put(service)
        case 7..<9:
            let key = ObjectKey(namespace: "default", name: pick(Self.names))
            services[key] = nil
            fixture.model.removeService(key)
        case 9..<16:
            let slice = randomSlice()
            slices[slice.metadata.key] = slice
            fixture.put(slice)
        case 16..<18:
            let key = ObjectKey(namespace: "default", name: pick(Self.sliceNames))
            slices[key] = nil
            fixture.model.removeEndpointSlice(key)
        case 18:
            node =
                random.oneIn(4)
                ? nil
                : .make("node1", zone: pick(["zone-a", "zone-b"]), addresses: [pick(["192.168.0.2", "1.2.3.4"])])
            fixture.model.setNode(node)
        default:
            cidrs = random.oneIn(2) ? [] : [IPNetwork(ip("10.96.0.0"))]
            local = random.oneIn(2) ? [] : [ip("192.168.0.2"), ip("127.0.0.1"), ip("172.16.0.1")]
            fixture.model.setServiceCIDRs(cidrs)
            fixture.model.setLocalAddresses(local)
        }
    }

    mutating func removeAll() {
        for key in services.keys { fixture.model.removeService(key) }
        for key in slices.keys { fixture.model.removeEndpointSlice(key) }
    }

    mutating func freshModel() -> ModelFixture {
        var fresh = ModelFixture(ModelFixture.walkConfiguration)
        fresh.model.setNode(node)
        fresh.model.setServiceCIDRs(cidrs)
        fresh.model.setLocalAddresses(local)
        for slice in slices.values.shuffled(using: &random) { fresh.put(slice) }
        for service in services.values.shuffled(using: &random) { fresh.put(service) }
        return fresh
    }

    static let names = ["a", "b", "c", "d", "e"]
    static let sliceNames = ["s1", "s2", "s3", "s4", "s5", "s6"]

    mutating func randomService() -> Service {
        var clusterIPs = [pick(["10.96.0.1", "10.96.0.2", "10.96.0.3", "None", "bad"])]
        if random.oneIn(3) { clusterIPs.append(pick(["fd00::1", "fd00::2", "10.96.0.9"])) }
        let ports = (0..<Int.random(in: 0...2, using: &random)).map { index in
            Service.Port(
                name: pick(["", "p", "q\(index)"]), transport: pick(["TCP", "UDP", "UDP", "", "X"]),
                port: pick([80, 80, 81, 0]), nodePort: pick([0, 30080, 30081, 70000]))
        }
        var service = Service.make(pick(Self.names), clusterIPs: clusterIPs, ports: ports)
        service.metadata.creationTimestamp = pick(["", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"])
        service.spec.type = pick(["ClusterIP", "NodePort", "LoadBalancer", "LoadBalancer", "ExternalName", ""])
        if random.oneIn(4) { service.metadata.labels["service.kubernetes.io/headless"] = "" }
        if random.oneIn(2) { service.spec.externalIPs = [pick(["1.1.1.1", "10.96.0.2", "127.0.0.1", "fd01::1"])] }
        if random.oneIn(2) {
            service.loadBalancerIngress = [
                .init(ip: pick(["1.1.1.1", "2.2.2.2"]), ipMode: pick([nil, "VIP", "Proxy"]))
            ]
            service.spec.loadBalancerSourceRanges = [pick([" 9.0.0.0/8", "fd09::/64", "x"])]
        }
        service.spec.internalTrafficPolicy = pick(["", "Cluster", "Local"])
        service.spec.externalTrafficPolicy = pick(["", "Cluster", "Local"])
        service.spec.healthCheckNodePort = pick([0, 30080, 31000, 31001])
        service.spec.sessionAffinity = pick(["", "None", "ClientIP"])
        return service
    }

    mutating func randomSlice() -> EndpointSlice {
        let isIPv6 = random.oneIn(4)
        let endpoints = (0..<Int.random(in: 0...4, using: &random)).map { _ in
            EndpointSlice.Endpoint(
                addresses: [
                    isIPv6 ? pick(["fd07::1", "fd07::2", "::1"]) : pick(["10.0.0.1", "10.0.0.2", "10.0.0.3", "oops"])
                ],
                ready: pick([nil, true, true, false]), serving: pick([nil, true, false]),
                terminating: pick([nil, true, false]), nodeName: pick([nil, "node1", "node2"]),
                zoneHints: pick([[], ["zone-a"], ["zone-b"], ["zone-a", "zone-b"]]),
                nodeHints: pick([[], [], ["node1"], ["node2"]]))
        }
        let ports = (0..<Int.random(in: 0...2, using: &random)).map { _ in
            EndpointSlice.Port(
                name: pick([nil, "", "p", "q1"]), transport: pick([nil, "TCP", "UDP"]),
                port: pick([nil, 8080, 8081, -1]))
        }
        return .make(
            pick(Self.sliceNames), of: pick(Self.names),
            addressType: random.oneIn(10) ? "FQDN" : isIPv6 ? "IPv6" : "IPv4", ports: ports, endpoints)
    }
}

extension ModelFixture {
    fileprivate static var walkConfiguration: ServiceModelConfiguration {
        ServiceModelConfiguration(
            nodeName: "node1", nodePortAddresses: .networks(["192.168.0.0/24", "fd02::/64"].compactMap(IPNetwork.init)))
    }
}
