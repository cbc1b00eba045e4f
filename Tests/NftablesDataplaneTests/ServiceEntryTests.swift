import Dataplane
import DataplaneTesting
import NetworkAddress
import ServiceModel
import Testing

@testable import Nftables
@testable import NftablesDataplane
@testable import NftablesServices

/// The elements of every kind of service, as nft would write them.
@Suite struct ServiceEntryTests {
    /// Elements of a service that comes, sorted; those of endpoints and hairpins in the test's own lines.
    private func elements(
        endpoints: Int = 2, local: Int? = nil, hasAny: Bool? = nil, isIPv6: Bool = false,
        _ change: (inout ServicePort) throws -> Void = { _ in }
    ) throws -> String {
        var state = try Sample.state(
            "s", clusterIP: "172.30.0.1", endpoints: try Sample.endpoints(endpoints),
            local: try local.map { try Sample.endpoints($0) } ?? [], change)
        if let hasAny { state.hasAnyEndpoints = hasAny }
        if isIPv6 { state = Sample.translated(state) }
        let entry = ServiceEntry(state)
        var lines: [String] = []
        entry.forEachElement { set, element in
            #expect(
                element.data.comment == (set == .endpoints ? nil : "test/s:p"))
            lines.append("\(set.rawValue) \(element.text(in: set))")
        }
        return lines.sorted().joined(separator: "\n")
    }

    @Test func clusterIP() throws {
        #expect(
            try elements() == """
                endpoint-counts 172.30.0.1 . tcp . 80 . 0 : 0x2
                endpoints 172.30.0.1 . tcp . 80 . 0 : 10.1.0.1 . 8080
                endpoints 172.30.0.1 . tcp . 80 . 1 : 10.1.0.2 . 8080
                """)
    }

    @Test func clusterIPv6() throws {
        #expect(
            try elements(isIPv6: true) == """
                endpoint-counts fd00::ac1e:1 . tcp . 80 . 0 : 0x2
                endpoints fd00::ac1e:1 . tcp . 80 . 0 : fd00::a01:1 . 8080
                endpoints fd00::ac1e:1 . tcp . 80 . 1 : fd00::a01:2 . 8080
                """)
    }

    @Test("No endpoint anywhere: refused") func noEndpoints() throws {
        #expect(
            try elements(endpoints: 0) { $0.nodePort = 30080 } == """
                external-ips 0.0.0.0 . tcp . 30080
                no-endpoints 0.0.0.0 . tcp . 30080
                no-endpoints 172.30.0.1 . tcp . 80
                """)
    }

    @Test func nodePort() throws {
        #expect(
            try elements(endpoints: 1) { $0.nodePort = 30080 } == """
                endpoint-counts 0.0.0.0 . tcp . 30080 . 0 : 0x1
                endpoint-counts 172.30.0.1 . tcp . 80 . 0 : 0x1
                endpoints 0.0.0.0 . tcp . 30080 . 0 : 10.1.0.1 . 8080
                endpoints 172.30.0.1 . tcp . 80 . 0 : 10.1.0.1 . 8080
                external-ips 0.0.0.0 . tcp . 30080
                """)
    }

    @Test func externalIPAndLoadBalancer() throws {
        #expect(
            try elements(endpoints: 1) {
                $0.externalIPs = [try Sample.address("192.0.2.1")]
                $0.loadBalancerVIPs = [try Sample.address("192.0.2.2")]
            } == """
                endpoint-counts 172.30.0.1 . tcp . 80 . 0 : 0x1
                endpoint-counts 192.0.2.1 . tcp . 80 . 0 : 0x1
                endpoint-counts 192.0.2.2 . tcp . 80 . 0 : 0x1
                endpoints 172.30.0.1 . tcp . 80 . 0 : 10.1.0.1 . 8080
                endpoints 192.0.2.1 . tcp . 80 . 0 : 10.1.0.1 . 8080
                endpoints 192.0.2.2 . tcp . 80 . 0 : 10.1.0.1 . 8080
                external-ips 192.0.2.1 . tcp . 80
                external-ips 192.0.2.2 . tcp . 80
                """)
    }

    @Test("Local policy for external traffic: two lists behind each address") func externalLocal() throws {
        #expect(
            try elements(endpoints: 2, local: 1) {
                $0.loadBalancerVIPs = [try Sample.address("192.0.2.2")]
                $0.nodePort = 30080
                $0.externalPolicyLocal = true
            } == """
                endpoint-counts 0.0.0.0 . tcp . 30080 . 0 : 0x2
                endpoint-counts 0.0.0.0 . tcp . 30080 . 1 : 0x1
                endpoint-counts 172.30.0.1 . tcp . 80 . 0 : 0x2
                endpoint-counts 192.0.2.2 . tcp . 80 . 0 : 0x2
                endpoint-counts 192.0.2.2 . tcp . 80 . 1 : 0x1
                endpoints 0.0.0.0 . tcp . 30080 . 0 : 10.1.0.1 . 8080
                endpoints 0.0.0.0 . tcp . 30080 . 1 : 10.1.0.2 . 8080
                endpoints 0.0.0.0 . tcp . 30080 . 65536 : 10.1.0.1 . 8080
                endpoints 172.30.0.1 . tcp . 80 . 0 : 10.1.0.1 . 8080
                endpoints 172.30.0.1 . tcp . 80 . 1 : 10.1.0.2 . 8080
                endpoints 192.0.2.2 . tcp . 80 . 0 : 10.1.0.1 . 8080
                endpoints 192.0.2.2 . tcp . 80 . 1 : 10.1.0.2 . 8080
                endpoints 192.0.2.2 . tcp . 80 . 65536 : 10.1.0.1 . 8080
                external-local-ips 0.0.0.0 . tcp . 30080
                external-local-ips 192.0.2.2 . tcp . 80
                """)
    }

    @Test("Local policy and endpoints elsewhere only: dropped, but not for pods and the node")
    func externalLocalWithoutLocal() throws {
        #expect(
            try elements(endpoints: 1, local: 0) {
                $0.nodePort = 30080
                $0.externalPolicyLocal = true
            } == """
                endpoint-counts 0.0.0.0 . tcp . 30080 . 0 : 0x1
                endpoint-counts 0.0.0.0 . tcp . 30080 . 1 : 0x0
                endpoint-counts 172.30.0.1 . tcp . 80 . 0 : 0x1
                endpoints 0.0.0.0 . tcp . 30080 . 0 : 10.1.0.1 . 8080
                endpoints 172.30.0.1 . tcp . 80 . 0 : 10.1.0.1 . 8080
                external-local-ips 0.0.0.0 . tcp . 30080
                """)
    }

    @Test("Local policy for the cluster IP") func internalLocal() throws {
        #expect(
            try elements(endpoints: 0, local: 1) { $0.internalPolicyLocal = true } == """
                endpoint-counts 172.30.0.1 . tcp . 80 . 0 : 0x1
                endpoints 172.30.0.1 . tcp . 80 . 0 : 10.1.0.1 . 8080
                """)
        #expect(
            try elements(endpoints: 0, local: 0, hasAny: true) { $0.internalPolicyLocal = true } == """
                endpoint-counts 172.30.0.1 . tcp . 80 . 0 : 0x0
                """)
    }

    @Test("Affinity and another protocol") func affinity() throws {
        #expect(
            try elements(endpoints: 1, local: 1) {
                $0.name = Sample.name("s", .udp)
                $0.affinityTimeout = 5400
                $0.nodePort = 30080
                $0.externalPolicyLocal = true
            } == """
                endpoint-counts 0.0.0.0 . udp . 30080 . 0 : 0xa8c0001
                endpoint-counts 0.0.0.0 . udp . 30080 . 1 : 0xa8c0001
                endpoint-counts 172.30.0.1 . udp . 80 . 0 : 0xa8c0001
                endpoints 0.0.0.0 . udp . 30080 . 0 : 10.1.0.1 . 8080
                endpoints 0.0.0.0 . udp . 30080 . 65536 : 10.1.0.1 . 8080
                endpoints 172.30.0.1 . udp . 80 . 0 : 10.1.0.1 . 8080
                external-local-ips 0.0.0.0 . udp . 30080
                """)
    }

    private func ranges(_ ranges: [String], admitsNode: Bool = false) throws -> String {
        try elements(endpoints: 0) {
            $0.sourceRangesAdmitNode = admitsNode
            $0.loadBalancerVIPs = [try Sample.address("192.0.2.1"), try Sample.address("192.0.2.2")]
            $0.loadBalancerSourceRanges = ranges.compactMap { IPNetwork($0) }
        }.split(separator: "\n").filter { $0.hasPrefix("firewall") || $0.hasPrefix("source") }
            .joined(separator: "\n")
    }

    @Test("Source ranges: those within others are left out, since the kernel refuses overlaps")
    func sourceRanges() throws {
        #expect(
            try ranges(["198.51.100.0/24", "198.51.100.0/25", "203.0.113.7/32", "198.51.100.0/24"]) == """
                firewall-ips 192.0.2.1 . tcp . 80
                firewall-ips 192.0.2.2 . tcp . 80
                source-ranges 192.0.2.1 . tcp . 80 . 198.51.100.0-198.51.100.255
                source-ranges 192.0.2.1 . tcp . 80 . 203.0.113.7-203.0.113.7
                source-ranges 192.0.2.2 . tcp . 80 . 198.51.100.0-198.51.100.255
                source-ranges 192.0.2.2 . tcp . 80 . 203.0.113.7-203.0.113.7
                """)
    }

    @Test("Who lets the node in lets in the addresses of the load balancer") func sourceRangesWithNode() throws {
        #expect(
            try ranges(["10.0.0.0/24"], admitsNode: true) == """
                firewall-ips 192.0.2.1 . tcp . 80
                firewall-ips 192.0.2.2 . tcp . 80
                source-ranges 192.0.2.1 . tcp . 80 . 10.0.0.0-10.0.0.255
                source-ranges 192.0.2.1 . tcp . 80 . 192.0.2.1-192.0.2.1
                source-ranges 192.0.2.1 . tcp . 80 . 192.0.2.2-192.0.2.2
                source-ranges 192.0.2.2 . tcp . 80 . 10.0.0.0-10.0.0.255
                source-ranges 192.0.2.2 . tcp . 80 . 192.0.2.1-192.0.2.1
                source-ranges 192.0.2.2 . tcp . 80 . 192.0.2.2-192.0.2.2
                """)
        #expect(!(try ranges(["10.0.0.0/24"]).contains("192.0.2.1-")))
    }

    @Test("Source ranges without a load balancer address mean nothing") func sourceRangesWithoutAddress() throws {
        let text = try elements { $0.loadBalancerSourceRanges = [try #require(IPNetwork("10.0.0.0/8"))] }
        #expect(!text.contains("source-ranges"))
        #expect(!text.contains("firewall-ips"))
    }

    @Test("One endpoint of many, behind many addresses: no element is made but those that go or come")
    func oneOfMany() throws {
        var state = try Sample.state("s", clusterIP: "172.30.0.1", endpoints: try Sample.endpoints(1000)) {
            $0.nodePort = 30080
            $0.externalIPs = [try Sample.address("192.0.2.1"), try Sample.address("192.0.2.2")]
            $0.loadBalancerVIPs = [try Sample.address("192.0.2.3")]
        }
        let old = ServiceEntry(state)
        func changes(_ endpoints: [EndpointAddress]) -> [String] {
            state.clusterEndpoints = endpoints
            var lines: [String] = []
            ServiceEntry(state, after: old).forEachChange(from: old) { change, set, element in
                lines.append("\(change) \(set.rawValue) \(element.text(in: set))")
            }
            return lines
        }
        let other = EndpointAddress(try Sample.address("10.7.0.1"), 80)
        var endpoints = state.clusterEndpoints
        #expect(changes(endpoints).isEmpty)
        endpoints[500] = other
        // Each of 5 addresses: an endpoint that goes and one that comes.
        #expect(changes(endpoints.sorted()).count == 10)
        // The same with the count.
        #expect(changes(endpoints.sorted() + [EndpointAddress(other.ip, 81)]).count == 25)
        #expect(
            changes(try Sample.endpoints(999)).filter { $0.contains("172.30.0.1") }.sorted() == [
                "addition endpoint-counts 172.30.0.1 . tcp . 80 . 0 : 0x3e7",
                "deletion endpoint-counts 172.30.0.1 . tcp . 80 . 0 : 0x3e8",
                "deletion endpoints 172.30.0.1 . tcp . 80 . 999 : 10.1.3.250 . 8080",
            ])
    }

    @Test("More endpoints than a list has slots are left out") func tooMany() throws {
        let endpoints = (0..<BalancerChain.maximumCount + 5).map {
            EndpointAddress(IPAddress(ipv4: UInt32(0x0A00_0000 + $0)), 80)
        }
        let state = try Sample.state("s", clusterIP: "172.30.0.1", endpoints: endpoints)
        #expect(ServiceEntry(state).slots(.cluster).count == BalancerChain.maximumCount)
        var table = NftablesState(configuration: NftablesConfiguration(family: .ipv4))
        func problems(_ state: ServicePortState) -> [ServiceProblem.Reason] {
            _ = table.apply(FamilyDelta(updated: [state.service.name: state]))
            return table.takeProblems().map(\.reason)
        }
        #expect(problems(state) == [.tooManyEndpoints])
        #expect(problems(state) == [], "told once")
        var fewer = state
        fewer.clusterEndpoints.removeLast(5)
        #expect(problems(fewer) == [])
        #expect(problems(state) == [.tooManyEndpoints])
    }
}
