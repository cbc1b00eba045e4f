import DataplaneTesting
import KubeAPI
import NetworkAddress
import ServiceModel
import Testing

/// What becomes of the fields of a Service.
@Suite struct ServiceRulesTests {
    struct Skipped: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var adjust: @Sendable (inout Service) -> Void
    }

    static let skipped: [Skipped] = [
        Skipped(testDescription: "ExternalName") { $0.spec.type = "ExternalName" },
        Skipped(testDescription: "headless") {
            $0.spec.clusterIP = "None"
            $0.spec.clusterIPs = ["None"]
        },
        Skipped(testDescription: "not allocated") {
            $0.spec.clusterIP = ""
            $0.spec.clusterIPs = []
        },
        Skipped(testDescription: "another proxy") {
            $0.metadata.labels["service.kubernetes.io/service-proxy-name"] = "x"
        },
        Skipped(testDescription: "another proxy without a name") {
            $0.metadata.labels["service.kubernetes.io/service-proxy-name"] = ""
        },
        Skipped(testDescription: "no ports") { $0.spec.ports = [] },
    ]

    @Test(arguments: skipped) func skips(_ skipped: Skipped) {
        var fixture = ModelFixture()
        fixture.put(Service.make("web"), EndpointSlice.make("a", of: "web", [.ready("10.0.0.1")]))
        fixture.sync()
        #expect(fixture.port("web") != nil)
        fixture.put(Service.make("web", skipped.adjust))
        #expect(fixture.sync() == [])
        #expect(fixture.state.ports == [:], "an update that excludes it removes it")
        #expect(fixture.problems == [])
    }

    /// As 1.36 reads them: each kind has its own label.
    @Test func labelsOfTheOtherKindSayNothing() {
        var fixture = ModelFixture()
        var slice = EndpointSlice.make("a", of: "web", [.ready("10.0.0.1")])
        slice.metadata.labels["service.kubernetes.io/service-proxy-name"] = "x"
        fixture.put(Service.make("web") { $0.metadata.labels["service.kubernetes.io/headless"] = "" }, slice)
        fixture.sync()
        #expect(fixture.port("web").map { texts($0.clusterEndpoints) } == ["10.0.0.1:8080"])
    }

    @Test func ownServiceProxyName() {
        var fixture = ModelFixture(ServiceModelConfiguration(nodeName: "node1", serviceProxyName: "mine"))
        fixture.put(
            Service.make("plain"),
            Service.make("mine", clusterIPs: ["10.96.0.2"]) {
                $0.metadata.labels["service.kubernetes.io/service-proxy-name"] = "mine"
            })
        fixture.sync()
        #expect(fixture.state.ports[.ipv4]?.keys.map(\.name) == ["mine"])
    }

    @Test func dualStack() throws {
        var fixture = ModelFixture()
        fixture.put(
            Service.make("web", clusterIPs: ["fd00::1", "10.96.0.1"]) {
                $0.spec.type = "LoadBalancer"
                $0.spec.ports[0].nodePort = 30080
                $0.spec.externalIPs = ["1.1.1.1", "2001:db8::1", "1.1.1.1"]
                $0.spec.loadBalancerSourceRanges = [" 10.0.0.0/8 ", "fd00::/8", "10.0.0.0/8"]
                $0.loadBalancerIngress = [
                    .init(ip: "2.2.2.2"), .init(ip: "2001:db8::2", ipMode: "VIP"),
                    .init(ip: "3.3.3.3", ipMode: "Proxy"),
                    .init(ip: ""),
                ]
            },
            EndpointSlice.make("a", of: "web", [.ready("10.0.0.1")]),
            EndpointSlice.make("b", of: "web", [.ready("fd07::1")]))
        fixture.sync()
        let ipv4 = try #require(fixture.port("web"))
        #expect(ipv4.service.clusterIP == ip("10.96.0.1"))
        #expect(ipv4.service.externalIPs == [ip("1.1.1.1")])
        #expect(ipv4.service.loadBalancerVIPs == [ip("2.2.2.2")])
        #expect(ipv4.service.loadBalancerSourceRanges.map(\.description) == ["10.0.0.0/8"])
        #expect(ipv4.service.nodePort == 30080)
        #expect(texts(ipv4.clusterEndpoints) == ["10.0.0.1:8080"])
        let ipv6 = try #require(fixture.port("web", family: .ipv6))
        #expect(ipv6.service.clusterIP == ip("fd00::1"))
        #expect(ipv6.service.externalIPs == [ip("2001:db8::1")])
        #expect(ipv6.service.loadBalancerVIPs == [ip("2001:db8::2")])
        #expect(ipv6.service.loadBalancerSourceRanges.map(\.description) == ["fd00::/8"])
        #expect(texts(ipv6.clusterEndpoints) == ["[fd07::1]:8080"])
        #expect(fixture.problems == [])
    }

    @Test func onlyConfiguredFamilies() {
        var fixture = ModelFixture(ServiceModelConfiguration(nodeName: "node1", families: [.ipv6]))
        fixture.put(Service.make("web", clusterIPs: ["fd00::1", "10.96.0.1"]), Service.make("four"))
        fixture.put(EndpointSlice.make("a", of: "web", [.ready("10.0.0.1")]))
        fixture.sync()
        #expect(Array(fixture.state.ports.keys) == [.ipv6])
        #expect(Array(fixture.delta.families.keys) == [.ipv6])
        #expect(fixture.state.ports[.ipv6]?.count == 1)
        #expect(fixture.problems == [])
    }

    @Test func clusterIPWithoutFamilies() throws {
        var fixture = ModelFixture()
        fixture.put(
            Service.make("web", clusterIPs: ["fd00::1"]) {
                $0.spec.ipFamilies = []
                $0.spec.clusterIPs = []
            })
        fixture.sync()
        #expect(try #require(fixture.port("web", family: .ipv6)).service.clusterIP == ip("fd00::1"))
        #expect(fixture.port("web") == nil)
    }

    @Test func sourceRangesOfTheOtherFamilyRestrictNothing() throws {
        var fixture = ModelFixture()
        fixture.put(
            Service.make("web") {
                $0.spec.type = "LoadBalancer"
                $0.loadBalancerIngress = [.init(ip: "2.2.2.2")]
                $0.spec.loadBalancerSourceRanges = ["fd00::/8"]
            })
        fixture.sync()
        #expect(try #require(fixture.port("web")).service.loadBalancerSourceRanges == [])
        #expect(fixture.problems == [])
    }

    @Test func sessionAffinity() throws {
        var fixture = ModelFixture()
        for (name, timeout, expected) in [("a", nil, 10800), ("b", 60, 60), ("c", 0, 10800)]
            as [(String, Int32?, UInt32)]
        {
            fixture.put(
                Service.make(name, clusterIPs: ["10.96.1.\(expected % 250)"], created: name) {
                    $0.spec.sessionAffinity = "ClientIP"
                    $0.spec.affinityTimeoutSeconds = timeout
                    $0.spec.ports[0].port = Int32(expected) + (timeout == 0 ? 1 : 0)
                })
            fixture.sync()
            #expect(try #require(fixture.port(name)).service.affinityTimeout == expected)
        }
        fixture.put(Service.make("none") { $0.spec.affinityTimeoutSeconds = 60 })
        fixture.sync()
        #expect(try #require(fixture.port("none")).service.affinityTimeout == nil)
        #expect(fixture.problems.count == 1)
    }

    /// Type, external policy, external IPs -> whether the policy counts.
    @Test(arguments: [
        ("ClusterIP", "Local", false, false), ("ClusterIP", "Local", true, true), ("", "Local", true, true),
        ("NodePort", "Local", false, true), ("LoadBalancer", "Local", false, true),
        ("NodePort", "Cluster", false, false),
        ("NodePort", "", false, false),
    ]) func externalPolicy(type: String, policy: String, hasExternalIP: Bool, isLocal: Bool) throws {
        var fixture = ModelFixture()
        fixture.put(
            Service.make("web") {
                $0.spec.type = type
                $0.spec.externalTrafficPolicy = policy
                $0.spec.externalIPs = hasExternalIP ? ["1.1.1.1"] : []
                $0.spec.healthCheckNodePort = 31000
            })
        fixture.sync()
        let service = try #require(fixture.port("web")).service
        #expect(service.externalPolicyLocal == isLocal)
        #expect(service.healthCheckNodePort == (type == "LoadBalancer" ? 31000 : 0))
        #expect(fixture.model.healthCheckNodePorts.isEmpty == (type != "LoadBalancer"))
    }

    @Test func anAddressNamedTwiceCountsOnce() throws {
        var fixture = ModelFixture()
        fixture.put(
            Service.make("web") {
                $0.spec.type = "LoadBalancer"
                $0.spec.externalIPs = ["2.2.2.2", "10.96.0.1", "1.1.1.1"]
                $0.loadBalancerIngress = [.init(ip: "2.2.2.2"), .init(ip: "2.2.2.2"), .init(ip: "10.96.0.1")]
            })
        fixture.sync()
        let service = try #require(fixture.port("web")).service
        #expect(service.externalIPs == [ip("1.1.1.1")])
        #expect(service.loadBalancerVIPs == [ip("2.2.2.2")])
        #expect(fixture.problems == [])
    }
}
