import DataplaneTesting
import KubeAPI
import NetworkAddress
import ServiceModel
import Testing

/// Bad objects are told of once and skipped; everything else works.
@Suite struct BadInputTests {
    struct BadService: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var adjust: @Sendable (inout Service) -> Void
        /// Ports of the Service that still work, by number.
        var ports: [UInt16]
        var reason: ServiceProblem.Reason
        var message: String
    }

    static func ports(_ ports: Service.Port...) -> @Sendable (inout Service) -> Void {
        { $0.spec.ports = [.init(name: "good", transport: "TCP", port: 80)] + ports }
    }

    static let services: [BadService] = [
        BadService(
            testDescription: "port 0", adjust: ports(.init(name: "x", port: 0)), ports: [80], reason: .invalidPort,
            message: "spec.ports[1].port: 0 is not a port"),
        BadService(
            testDescription: "port -1", adjust: ports(.init(name: "x", port: -1)), ports: [80], reason: .invalidPort,
            message: "spec.ports[1].port: -1 is not a port"),
        BadService(
            testDescription: "port 70000", adjust: ports(.init(name: "x", port: 70000)), ports: [80],
            reason: .invalidPort, message: "spec.ports[1].port: 70000 is not a port"),
        BadService(
            testDescription: "only a bad port", adjust: { $0.spec.ports = [.init(port: 70000)] }, ports: [],
            reason: .invalidPort, message: "spec.ports[0].port: 70000"),
        BadService(
            testDescription: "protocol", adjust: ports(.init(name: "x", transport: "ICMP", port: 81)), ports: [80],
            reason: .invalidProtocol, message: "\"ICMP\" is not TCP, UDP or SCTP"),
        BadService(
            testDescription: "node port", adjust: ports(.init(name: "x", port: 81, nodePort: 70000)), ports: [80, 81],
            reason: .invalidPort, message: "spec.ports[1].nodePort: 70000"),
        BadService(
            testDescription: "node port twice",
            adjust: {
                $0.spec.ports = [
                    .init(name: "a", port: 80, nodePort: 30000), .init(name: "b", port: 81, nodePort: 30000),
                ]
            }, ports: [80, 81], reason: .duplicatePort, message: "spec.ports[1].nodePort"),
        BadService(
            testDescription: "port twice", adjust: ports(.init(name: "x", port: 80)), ports: [80],
            reason: .duplicatePort, message: "spec.ports[1]: an earlier port"),
        BadService(
            testDescription: "name twice", adjust: ports(.init(name: "good", port: 81)), ports: [80],
            reason: .duplicatePort, message: "spec.ports[1]: an earlier port"),
        BadService(
            testDescription: "cluster IP of the wrong family", adjust: { $0.spec.clusterIPs = ["fd00::1"] }, ports: [],
            reason: .incorrectIPVersion, message: "fd00::1 is no IPv4 address"),
        BadService(
            testDescription: "cluster IP is no address",
            adjust: {
                $0.spec.clusterIP = "10.96.0"
                $0.spec.clusterIPs = ["10.96.0"]
            }, ports: [], reason: .invalidAddress, message: "\"10.96.0\" is not an IP address"),
        BadService(
            testDescription: "loopback cluster IP", adjust: { $0.spec.clusterIPs = ["127.0.0.1"] }, ports: [],
            reason: .invalidAddress, message: "127.0.0.1 cannot be the address of a Service"),
        BadService(
            testDescription: "family name", adjust: { $0.spec.ipFamilies = ["IPv4", "IPv5"] }, ports: [80],
            reason: .invalidField, message: "spec.ipFamilies[1]"),
        BadService(
            testDescription: "external IP is no address", adjust: { $0.spec.externalIPs = ["x", "1.1.1.1"] },
            ports: [80], reason: .invalidAddress, message: "spec.externalIPs[0]: \"x\""),
        BadService(
            testDescription: "loopback external IP", adjust: { $0.spec.externalIPs = ["127.0.0.1"] }, ports: [80],
            reason: .invalidAddress, message: "spec.externalIPs[0]: 127.0.0.1"),
        BadService(
            testDescription: "multicast load balancer", adjust: { $0.loadBalancerIngress = [.init(ip: "224.0.0.1")] },
            ports: [80], reason: .invalidAddress, message: "status.loadBalancer.ingress[0].ip"),
        BadService(
            testDescription: "source range", adjust: { $0.spec.loadBalancerSourceRanges = ["10.0.0.0/33"] },
            ports: [80], reason: .invalidAddress, message: "\"10.0.0.0/33\" is not a CIDR"),
        BadService(
            testDescription: "policy", adjust: { $0.spec.internalTrafficPolicy = "Near" }, ports: [80],
            reason: .invalidField, message: "spec.internalTrafficPolicy: \"Near\""),
        BadService(
            testDescription: "affinity", adjust: { $0.spec.sessionAffinity = "Cookie" }, ports: [80],
            reason: .invalidField, message: "spec.sessionAffinity: \"Cookie\""),
        BadService(
            testDescription: "no health check node port",
            adjust: {
                $0.spec.type = "LoadBalancer"
                $0.spec.externalTrafficPolicy = "Local"
            }, ports: [80], reason: .invalidPort, message: "spec.healthCheckNodePort: 0"),
    ]

    @Test(arguments: services) func service(_ bad: BadService) throws {
        var fixture = ModelFixture()
        fixture.put(Service.make("bad", bad.adjust), Service.make("good", clusterIPs: ["10.96.0.2"]))
        fixture.sync()
        let problem = try #require(fixture.problems.first)
        #expect(fixture.problems.count == 1)
        #expect(problem.reason == bad.reason)
        #expect(problem.description.hasPrefix("Service default/bad: "))
        #expect(problem.message.contains(bad.message), "\(problem.message)")
        #expect(problem.uid == "uid-bad")
        let ports = fixture.state.ports[.ipv4, default: [:]].values.map(\.service)
        #expect(ports.filter { $0.name.name == "bad" }.map(\.port).sorted() == bad.ports)
        #expect(ports.contains { $0.name.name == "good" })

        // The same object again: nothing new to tell. Mended and broken again: told again.
        fixture.put(Service.make("bad", bad.adjust))
        #expect(fixture.problems.count == 1)
        fixture.put(Service.make("bad"))
        fixture.put(Service.make("bad", bad.adjust))
        #expect(fixture.problems.count == 2)
    }

    static let badAddresses = [
        "", "x", "10.0.0", "10.0.0.1.2", "10.0.0.256", "127.0.0.1", "169.254.1.1", "224.0.0.1", "0.0.0.0",
        "255.255.255.255", "fd07::1", "fe80::1", "10.0.0.1/24", "10.0.0.1:80",
    ]

    @Test(arguments: badAddresses) func endpointAddress(_ address: String) throws {
        var fixture = ModelFixture()
        fixture.put(Service.make("web"))
        fixture.put(
            EndpointSlice.make(
                "a", of: "web", addressType: "IPv4", [.ready("10.0.0.9"), .ready(address), .ready("10.0.0.8")]))
        fixture.sync()
        #expect(texts(try #require(fixture.port("web")).clusterEndpoints) == ["10.0.0.8:8080", "10.0.0.9:8080"])
        let problem = try #require(fixture.problems.first)
        #expect(fixture.problems.count == 1)
        #expect(
            problem.reason
                == (address.contains(":") && IPAddress(address) != nil ? .incorrectIPVersion : .invalidAddress))
        #expect(problem.description.hasPrefix("EndpointSlice default/a: 1 of 3 endpoints ignored: "))
    }

    @Test func endpointsWithoutAddresses() {
        var fixture = ModelFixture()
        fixture.put(Service.make("web"))
        fixture.put(EndpointSlice.make("a", of: "web", (0..<1200).map { _ in .init() }))
        fixture.sync()
        #expect(fixture.problems.count == 1, "one problem a slice, however many endpoints are bad")
        #expect(fixture.port("web")?.hasAnyEndpoints == false)
    }

    @Test func hugeAndEmptySlices() throws {
        var fixture = ModelFixture()
        fixture.put(Service.make("web"))
        fixture.put(
            EndpointSlice.make("a", of: "web", (0..<1500).map { .ready("10.0.\($0 / 250).\($0 % 250 + 1)") }),
            EndpointSlice.make("b", of: "web"), EndpointSlice.make("c", of: "web", ports: [], [.ready("10.9.9.9")]))
        fixture.sync()
        #expect(try #require(fixture.port("web")).clusterEndpoints.count == 1500)
        #expect(fixture.problems == [])
    }

    struct BadPort: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var port: EndpointSlice.Port
        var reason: ServiceProblem.Reason
    }

    @Test(arguments: [
        BadPort(testDescription: "0", port: .init(name: "x", port: 0), reason: .invalidPort),
        BadPort(testDescription: "-1", port: .init(name: "x", port: -1), reason: .invalidPort),
        BadPort(testDescription: "65536", port: .init(name: "x", port: 65536), reason: .invalidPort),
        BadPort(testDescription: "all ports", port: .init(name: "x"), reason: .invalidPort),
        BadPort(
            testDescription: "protocol", port: .init(name: "x", transport: "tcp", port: 1), reason: .invalidProtocol),
        BadPort(testDescription: "twice", port: .init(name: nil, port: 81), reason: .duplicatePort),
    ]) func slicePort(_ bad: BadPort) throws {
        var fixture = ModelFixture()
        fixture.put(Service.make("web"))
        fixture.put(
            EndpointSlice.make("a", of: "web", ports: [.init(name: nil, port: 8080), bad.port], [.ready("10.0.0.1")]))
        fixture.sync()
        #expect(fixture.problems.map(\.reason) == [bad.reason])
        #expect(texts(try #require(fixture.port("web")).clusterEndpoints) == ["10.0.0.1:8080"])
    }

    @Test func addressTypes() {
        var fixture = ModelFixture()
        fixture.put(Service.make("web"))
        fixture.put(EndpointSlice.make("a", of: "web", addressType: "FQDN", [.ready("example.org")]))
        #expect(fixture.problems == [])
        fixture.put(EndpointSlice.make("b", of: "web", addressType: "MAC", [.ready("10.0.0.1")]))
        #expect(fixture.problems.map(\.reason) == [.invalidField])
        fixture.sync()
        #expect(fixture.port("web")?.hasAnyEndpoints == false)
    }

    @Test func sliceThatNoProxyTakes() {
        var fixture = ModelFixture()
        fixture.put(Service.make("web"), EndpointSlice.make("a", of: "web", [.ready("10.0.0.1")]))
        fixture.sync()
        #expect(fixture.port("web")?.hasAnyEndpoints == true)
        var slice = EndpointSlice.make("a", of: "web", [.ready("10.0.0.1")])
        slice.metadata.labels["service.kubernetes.io/headless"] = ""
        fixture.put(slice)
        fixture.sync()
        #expect(fixture.port("web")?.hasAnyEndpoints == false)
        slice.metadata.labels = [:]
        fixture.put(slice)
        #expect(fixture.sync() == [])
    }

    @Test func aFloodOfProblemsIsCut() throws {
        var fixture = ModelFixture()
        fixture.put(
            Service.make("web", ports: [.http] + (0..<5000).map { .init(name: "p\($0)", port: 100_000 + Int32($0)) }))
        fixture.sync()
        #expect(fixture.problems.count == 17)
        #expect(try #require(fixture.messages.last).hasSuffix("(more problems of this object are not listed)"))
        #expect(fixture.port("web") != nil)
    }

    @Test func objectsWithoutNames() {
        var fixture = ModelFixture()
        fixture.put(
            Service.make(""), Service.make("web", namespace: ""), Service.make("good", clusterIPs: ["10.96.0.2"]))
        fixture.put(EndpointSlice.make("", of: "good", [.ready("10.0.0.1")]))
        fixture.sync()
        #expect(fixture.problems.map(\.reason) == [.invalidField, .invalidField, .invalidField])
        #expect(fixture.state.ports[.ipv4]?.keys.map(\.name) == ["good"])
        #expect(fixture.port("good")?.hasAnyEndpoints == false)
    }
}
