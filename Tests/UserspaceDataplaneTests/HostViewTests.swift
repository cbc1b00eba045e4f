import Dataplane
import DataplaneTesting
import LinuxSystem
import NetworkAddress
import ServiceModel
import Testing

@testable import UserspaceDataplane

@Suite("What is known of clients") struct HostViewTests {
    /// A node 192.0.2.1 with pods 10.244.0.0/24 and a Service 10.96.0.1 with load balancer address 203.0.113.7.
    private func host(_ states: [ServicePortState]) throws -> (HostView, UserspaceState) {
        var host = HostView()
        var state = UserspaceState(family: .ipv4)
        let node = NodeFacts().telling(.clusterCIDR([try Sample.network("10.244.0.0/16")]), .ipv4)
        let plan = state.apply(Sample.delta(states, node: node))
        host.apply(plan, of: state)
        host.setLocalAddresses([try Sample.ip("192.0.2.1"), try Sample.ip("127.0.0.1")])
        return (host, state)
    }

    private func balanced(_ adjust: (inout ServicePort) throws -> Void = { _ in }) throws -> ServicePortState {
        try Sample.port("web", "10.96.0.1", endpoints: ["10.244.1.1"]) {
            $0.loadBalancerVIPs = [try Sample.ip("203.0.113.7")]
            $0.nodePort = 30080
            try adjust(&$0)
        }
    }

    @Test(
        "Where clients are",
        arguments: [
            ("192.0.2.1", Origin.node), ("127.0.0.1", .node), ("127.3.2.1", .node), ("10.96.0.1", .node),
            ("203.0.113.7", .node), ("10.244.9.9", .podHere), ("198.51.100.1", .elsewhere),
        ])
    func origin(client: String, origin: Origin) throws {
        let (host, _) = try host([try balanced()])
        #expect(host.origin(of: try Sample.ip(client)) == origin)
    }

    @Test("Source ranges hold for load balancer addresses only, and the node counts by its address")
    func sourceRanges() throws {
        let state = try balanced { $0.loadBalancerSourceRanges = [try Sample.network("198.51.100.0/24")] }
        let (host, _) = try host([state])
        func admits(_ client: String, _ kind: Frontend.Kind, _ state: ServicePortState) throws -> Bool {
            host.admits(try Sample.ip(client), to: state.service, kind)
        }
        #expect(try admits("198.51.100.9", .loadBalancerIP, state))
        #expect(try !admits("198.51.101.9", .loadBalancerIP, state))
        #expect(try admits("198.51.101.9", .nodePort, state))
        #expect(try !admits("203.0.113.7", .loadBalancerIP, state))
        let wider = try balanced {
            $0.loadBalancerSourceRanges = [try Sample.network("192.0.2.0/24")]
            $0.sourceRangesAdmitNode = true
        }
        #expect(try admits("203.0.113.7", .loadBalancerIP, wider))
    }

    @Test("The node is let in also where the load balancer's address is on a device of its own")
    func sourceRangesAndOwnAddress() throws {
        let state = try balanced {
            $0.loadBalancerSourceRanges = [try Sample.network("192.0.2.1/32")]
            $0.sourceRangesAdmitNode = true
        }
        var (host, _) = try host([state])
        host.setLocalAddresses(Set(try ["192.0.2.1", "127.0.0.1", "203.0.113.7"].map(Sample.ip)))
        #expect(host.admits(try Sample.ip("203.0.113.7"), to: state.service, .loadBalancerIP))
        #expect(host.admits(try Sample.ip("192.0.2.1"), to: state.service, .loadBalancerIP))
        #expect(!host.admits(try Sample.ip("10.96.0.1"), to: state.service, .loadBalancerIP))
        #expect(!host.admits(try Sample.ip("198.51.100.1"), to: state.service, .loadBalancerIP))
    }

    @Test("For IPv6 the kernel asks from any address of the node, which counts as the node's all the same")
    func sourceRanges6() throws {
        let state = try Sample.port("web", "fd00:96::1", endpoints: ["fd00:244::1"]) {
            $0.loadBalancerVIPs = [try Sample.ip("fd00:203::7")]
            $0.loadBalancerSourceRanges = [try Sample.network("fd00:192::1/128")]
            $0.sourceRangesAdmitNode = true
        }
        var host = HostView()
        var model = UserspaceState(family: .ipv6)
        host.apply(model.apply(Sample.delta([state], node: NodeFacts())), of: model)
        host.setLocalAddresses(Set(try ["fd00:192::1", "fd00:244::ffff", "::1"].map(Sample.ip)))
        for client in ["fd00:192::1", "fd00:244::ffff", "::1", "fd00:203::7"] {
            #expect(host.admits(try Sample.ip(client), to: state.service, .loadBalancerIP))
        }
        let stranger = try Sample.ip("fd00:244::2")
        #expect(!host.admits(stranger, to: state.service, .loadBalancerIP))
        let listener = try #require(model.listeners.values.first { $0.frontend.kind == .loadBalancerIP })
        let admitted = host.sources(for: listener, state)?.map { Set($0.map(\.description)) }
        #expect(
            admitted == [
                ["fd00:192::1/128", "fd00:203::7/128", "::1/128", "fd00:244::ffff/128"]
            ])
    }

    @Test("What a socket of its own is no endpoint, other ports of the same address are")
    func circles() throws {
        let (host, _) = try host([try balanced()])
        #expect(host.isOwnFrontend(EndpointAddress(try Sample.ip("10.96.0.1"), 80), .tcp))
        #expect(host.isOwnFrontend(EndpointAddress(try Sample.ip("192.0.2.1"), 30080), .tcp))
        #expect(host.isOwnFrontend(EndpointAddress(try Sample.ip("127.0.0.1"), 30080), .tcp))
        #expect(!host.isOwnFrontend(EndpointAddress(try Sample.ip("192.0.2.1"), 80), .tcp))
        #expect(!host.isOwnFrontend(EndpointAddress(try Sample.ip("10.96.0.1"), 80), .udp))
        #expect(!host.isOwnFrontend(EndpointAddress(try Sample.ip("10.244.1.1"), 30080), .tcp))
    }

    @Test("Node ports are not served on addresses that are there for Services only")
    func nodePorts() throws {
        let (host, _) = try host([try balanced()])
        #expect(host.servesNodePorts(on: try Sample.ip("192.0.2.1")))
        #expect(!host.servesNodePorts(on: try Sample.ip("10.96.0.1")))
    }

    @Test("Whom the kernel lets through: policies and ranges together")
    func sources() throws {
        func lists(_ kind: Frontend.Kind, _ state: ServicePortState) throws -> [[String]]? {
            let (host, model) = try host([state])
            let listener = try #require(model.listeners.values.first { $0.frontend.kind == kind })
            return host.sources(for: listener, state)?.map { $0.map(\.description) }
        }
        #expect(try lists(.clusterIP, balanced()) == nil)
        #expect(try lists(.nodePort, balanced()) == nil)
        let ranges = try balanced {
            $0.loadBalancerSourceRanges = [try Sample.network("192.0.2.0/24")]
            $0.sourceRangesAdmitNode = true
        }
        #expect(try lists(.loadBalancerIP, ranges) == [["192.0.2.0/24", "203.0.113.7/32"]])
        let local = try balanced { $0.externalPolicyLocal = true }
        #expect(
            try lists(.nodePort, local) == [
                ["10.244.0.0/16", "127.0.0.0/8", "192.0.2.1/32", "0.0.0.0/32"]
            ])
        let elsewhere = ServicePortState(
            service: try balanced { $0.internalPolicyLocal = true }.service, clusterEndpoints: [],
            localEndpoints: [], hasAnyEndpoints: true)
        #expect(try lists(.clusterIP, elsewhere) == [[]])
    }
}
