import Dataplane
import DataplaneTesting
import Insight
import KubeAPI
import NetworkAddress
import ProxyConfiguration
import ProxyServer
import ServiceModel
import Testing

/// What explanations of one small cluster say: node1 with pods 10.244.1.0/24, node2 with 10.244.2.0/24.
@Suite struct ExplainTests {
    private static func facts(
        mode: String = "nftables", _ services: [Service] = [web], _ slices: [EndpointSlice] = [webSlice],
        adjust: (inout ProxySettings) -> Void = { _ in }
    ) throws -> ClusterFacts {
        var settings = ProxySettings()
        settings.mode = try #require(Backend.named(mode))
        settings.detectLocal = .nodeCIDR
        adjust(&settings)
        var pod = Pod(metadata: ObjectMeta(name: "client-1", namespace: "default"))
        pod.status.podIPs = ["10.244.1.9"]
        pod.spec.nodeName = "node1"
        return ClusterFacts(
            nodeName: "node1", settings: settings, services: services, slices: slices,
            nodes: [
                .make("node1", addresses: ["192.168.0.2"], podCIDRs: ["10.244.1.0/24"]),
                .make("node2", addresses: ["192.168.0.3"], podCIDRs: ["10.244.2.0/24"]),
            ],
            serviceCIDRs: [ServiceCIDR(cidrs: ["10.96.0.0/16"])], pods: [pod],
            localAddresses: [try #require(IPAddress("192.168.0.2"))])
    }

    private static let web = Service.make("web") {
        $0.spec.type = "LoadBalancer"
        $0.spec.ports = [Service.Port(transport: "TCP", port: 80, nodePort: 30080)]
        $0.spec.externalTrafficPolicy = "Local"
        $0.spec.loadBalancerSourceRanges = ["203.0.113.0/24"]
        $0.loadBalancerIngress = [Service.LoadBalancerIngress(ip: "1.2.3.4")]
    }

    private static let webSlice = EndpointSlice.make(
        "web-a", of: "web",
        [.ready("10.244.1.5", node: "node1"), .ready("10.244.2.5", node: "node2"), .notReady("10.244.2.6")])

    private static func explain(
        _ facts: ClusterFacts, _ from: String, _ to: String..., source: String? = nil
    ) throws -> Explanation {
        let flow = try FlowResolver(facts).flow(
            from: try FlowSource(parsing: from), to: try FlowTarget(parsing: to))
        return Prediction(facts, flow, source: source.flatMap { IPAddress($0) }).explanation()
    }

    @Test("A pod here to the cluster IP: all endpoints that serve, none masqueraded but the pod itself")
    func clusterIP() throws {
        let explanation = try Self.explain(try Self.facts(), "10.244.1.5", "service/web")
        #expect(explanation.connection.origin == "pod-here")
        #expect(explanation.outcome.result == .endpoints)
        #expect(explanation.endpoints.map(\.address) == ["10.244.1.5:8080", "10.244.2.5:8080"])
        #expect(explanation.endpoints.map(\.isMasqueraded) == [true, false])
        #expect(explanation.endpoints.map(\.share) == [0.5, 0.5])
        #expect(explanation.leftOut.map(\.cause) == ["notReady"])
        #expect(explanation.service?.policy == "internalTrafficPolicy Cluster")
    }

    @Test("From outside a policy Local leaves the endpoints here, and keeps the client's address")
    func localPolicy() throws {
        let explanation = try Self.explain(try Self.facts(), "203.0.113.9", "1.2.3.4:80")
        #expect(explanation.endpoints.map(\.address) == ["10.244.1.5:8080"])
        #expect(explanation.leftOut.map(\.cause) == ["otherNode", "otherNode"])
        #expect(explanation.masquerade?.applies == false)
        #expect(explanation.sourceRanges?.admits == true)
    }

    @Test func sourceRanges() throws {
        let explanation = try Self.explain(try Self.facts(), "198.51.100.1", "1.2.3.4:80")
        #expect(explanation.outcome.result == .dropped)
        let anybody = try Self.explain(try Self.facts(), "outside", "1.2.3.4:80")
        #expect(anybody.sourceRanges?.admits == nil)
        #expect(anybody.outcome.result == .endpoints)
    }

    @Test("The node itself is subject to no policy for external traffic")
    func fromTheNode() throws {
        let explanation = try Self.explain(try Self.facts(), "node", "node-port", "30080")
        #expect(explanation.connection.address == "192.168.0.2")
        #expect(explanation.endpoints.count == 2)
        #expect(explanation.masquerade?.applies == true)
    }

    @Test("What begins on another node is that node's to translate, unless it asks for this one")
    func otherNodes() throws {
        let facts = try Self.facts()
        #expect(try Self.explain(facts, "192.168.0.3", "service/web").outcome.result == .otherNode)
        #expect(try Self.explain(facts, "10.244.2.5", "1.2.3.4:80").outcome.result == .otherNode)
        #expect(try Self.explain(facts, "192.168.0.3", "192.168.0.2:30080").outcome.result == .endpoints)
    }

    @Test func podsByName() throws {
        let explanation = try Self.explain(try Self.facts(), "pod/client-1", "service/web")
        #expect(explanation.connection.client == "10.244.1.9")
        #expect(explanation.connection.from == "pod default/client-1 (10.244.1.9)")
    }

    // MARK: No endpoints, no Service

    @Test func refusedAndDropped() throws {
        let none = try Self.facts(mode: "nftables", [Self.web], [.make("web-a", of: "web", [.notReady("10.244.2.6")])])
        #expect(try Self.explain(none, "10.244.1.9", "service/web").outcome.result == .refused)
        let elsewhere = try Self.facts(
            mode: "nftables", [Self.web], [.make("web-a", of: "web", [.ready("10.244.2.5")])])
        #expect(try Self.explain(elsewhere, "203.0.113.9", "1.2.3.4:80").outcome.result == .dropped)
    }

    @Test(
        "Another port of a cluster IP, another address of the range: as the mode has it",
        arguments: [
            ("nftables", Explanation.Outcome.Result.refused, Explanation.Outcome.Result.dropped),
            ("iptables", .untouched, .untouched), ("ipvs", .refused, .untouched), ("userspace", .refused, .untouched),
        ])
    func strays(mode: String, port: Explanation.Outcome.Result, address: Explanation.Outcome.Result) throws {
        let facts = try Self.facts(mode: mode)
        let first = try Self.explain(facts, "10.244.1.9", "10.96.0.1:81")
        #expect(first.outcome.result == port)
        #expect(first.notes.contains { $0.contains("it has 80/TCP") })
        #expect(try Self.explain(facts, "10.244.1.9", "10.96.0.77:80").outcome.result == address)
    }

    @Test(
        "Node ports on loopback: as the mode serves them",
        arguments: [("nftables", false), ("iptables", true), ("userspace", true)])
    func loopback(mode: String, isServed: Bool) throws {
        let facts = try Self.facts(mode: mode) { $0.nodePortAddresses = .all }
        let explanation = try Self.explain(facts, "node", "127.0.0.1:30080")
        #expect((explanation.outcome.result == .endpoints) == isServed)
    }

    @Test("Datagrams of the node that a rule refuses fail where they are sent; over TCP, and to itself, they do not")
    func failedSends() throws {
        let dns = Service.make("dns", clusterIPs: ["10.96.0.10"]) {
            $0.spec.type = "NodePort"
            $0.spec.ports = [Service.Port(transport: "UDP", port: 53, nodePort: 30053)]
        }
        let facts = try Self.facts(mode: "nftables", [dns], [])
        #expect(try Self.explain(facts, "node", "service/dns").outcome.error == "EPERM")
        #expect(try Self.explain(facts, "node", "node-port", "30053").outcome.error == nil)
        #expect(try Self.explain(facts, "10.244.1.9", "service/dns").outcome.error == nil)
    }

    // MARK: What is not there

    @Test(
        "Names that are not there, with the nearest that are",
        arguments: [
            ("10.244.1.9", "service/wev", "service/default/web"),
            ("10.244.1.9", "service/shop/web", "service/default/web"),
            ("pod/client-2", "service/web", "pod/default/client-1"), ("node", "service/web:81", "The nearest is 80"),
            ("node", "1.2.3.4:http", "no port"),
        ])
    func missing(from: String, to: String, hint: String) throws {
        let facts = try Self.facts()
        let error = #expect(throws: ExplainError.self) { _ = try Self.explain(facts, from, to) }
        #expect(error?.description.contains(hint) == true, "\(error?.description ?? "")")
    }

    @Test func nodePortThatNobodyHas() throws {
        let facts = try Self.facts()
        let error = #expect(throws: ExplainError.self) {
            _ = try Self.explain(facts, "outside", "node-port", "30081")
        }
        #expect(error?.description.contains("the nearest is 30080/TCP of default/web") == true)
    }

    @Test func addressThatNobodyHas() throws {
        let explanation = try Self.explain(try Self.facts(), "outside", "10.97.0.1:80")
        #expect(explanation.outcome.result == .untouched)
        #expect(explanation.notes.contains { $0.contains("nobody's") })
        #expect(explanation.notes.contains { $0.contains("10.96.0.1:80") })
    }

    @Test func familiesDoNotMix() throws {
        let facts = try Self.facts()
        #expect(throws: ExplainError.self) { _ = try Self.explain(facts, "fd00::1", "10.96.0.1:80") }
    }

    @Test("Weights are told as shares; who has none is left out and says so")
    func weights() throws {
        var service = Self.web
        service.metadata.annotations["viaduct.io/weights"] = "10.244.1.5=3,10.244.2.5=1,10.244.2.6=0"
        let slice = EndpointSlice.make(
            "web-a", of: "web", [.ready("10.244.1.5"), .ready("10.244.2.5"), .ready("10.244.2.6")])
        let explanation = try Self.explain(try Self.facts([service], [slice]), "10.244.1.9", "service/web")
        #expect(explanation.endpoints.map(\.share) == [0.75, 0.25])
        #expect(explanation.leftOut.map(\.cause) == ["weightless"])
    }

    // MARK: Status

    @Test func status() throws {
        var explanation = try Self.explain(try Self.facts(), "10.244.1.9", "service/web")
        explanation.kernel.agrees = true
        #expect(explanation.status == 0)
        explanation.obstacles = [.init(kind: "drop", isCertain: false, place: "", message: "")]
        #expect(explanation.status == 0)
        explanation.obstacles = [.init(kind: "drop", isCertain: true, place: "", message: "")]
        #expect(explanation.status == 1)
        explanation.obstacles = []
        explanation.kernel.agrees = false
        #expect(explanation.status == 1)
    }
}
