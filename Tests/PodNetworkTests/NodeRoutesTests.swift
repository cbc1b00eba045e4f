import JSONStream
import KubeAPI
import NetworkAddress
import Testing

@testable import PodNetwork

@Suite struct NodeRoutesTests {
    private func node(_ name: String, _ ranges: [String], _ addresses: [String]) -> Node {
        Node(
            metadata: ObjectMeta(name: name), podCIDRs: ranges,
            addresses: addresses.map { Node.Address(type: "InternalIP", address: $0) })
    }

    private func network(_ text: String) throws -> IPNetwork { try #require(IPNetwork(text)) }
    private func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

    @Test("Each range leads to its node by the address of its family; this node's own stays")
    func families() throws {
        let routes = NodeRoutes.wanted(
            [
                node("a", ["10.244.0.0/24"], ["192.0.2.1"]),
                node("b", ["10.244.1.0/24", "fd00:1::/64"], ["192.0.2.2", "2001:db8::2"]),
                node("c", ["fd00:2::/64"], ["192.0.2.3"]),
            ], here: "a")
        #expect(
            routes == [
                try network("10.244.1.0/24"): try address("192.0.2.2"),
                try network("fd00:1::/64"): try address("2001:db8::2"),
            ])
    }

    @Test("A range that would cut off this node's pods, or its own gateway, is not routed")
    func harm() {
        let routes = NodeRoutes.wanted(
            [
                node("a", ["10.244.0.0/24"], ["192.0.2.1"]), node("b", ["10.244.0.0/16"], ["192.0.2.2"]),
                node("c", ["192.0.2.0/24"], ["192.0.2.3"]),
            ], here: "a")
        #expect(routes.isEmpty)
    }

    @Test("Only what differs is written")
    func change() throws {
        let (one, two, three) = (try network("10.0.1.0/24"), try network("10.0.2.0/24"), try network("10.0.3.0/24"))
        let gateway = try address("192.0.2.9")
        let change = NodeRoutes.change(
            from: [one: gateway, two: gateway], to: [one: gateway, three: gateway])
        #expect(change.added == [three: gateway])
        #expect(change.removed == [two])
    }

    @Test("The plugins' configuration is JSON with a range and a route for each family")
    func configuration() throws {
        let configuration = CNIConfiguration(podCIDRs: [try network("10.244.1.0/24"), try network("fd00:1::/64")])
        let json = try JSONValue(parsing: Array(configuration.text.utf8))
        let plugins = json["plugins"]?.arrayValue ?? []
        #expect(plugins.compactMap { $0["type"]?.stringValue } == ["bridge", "portmap"])
        let ranges = plugins.first?["ipam"]?["ranges"]?.arrayValue ?? []
        #expect(ranges.map { $0.arrayValue?.first?["subnet"]?.stringValue } == ["10.244.1.0/24", "fd00:1::/64"])
        #expect(plugins.first?["ipam"]?["routes"]?.arrayValue?.count == 2)
    }
}
