import NetworkAddress
import ServiceModel
import Testing

@testable import SocketBalancing

@Suite struct SlotCountsTests {
    private static func endpoint(_ number: UInt32) -> EndpointAddress { EndpointAddress(IPAddress(ipv4: number), 80) }

    private static func slot(_ list: UInt32, _ index: UInt32 = 0) -> SocketMaps.Slot { .init(list: list, index: index) }

    @Test("New connections are what slots were used more often, by an address of their Service") func changes() {
        let address = IPAddress(ipv4: 99)
        let frontend = FrontendKey(address, 80, .tcp)
        var counts = SlotCounts()
        var used = [
            Self.slot(5): SlotCounts.Count(endpoint: Self.endpoint(1), uses: 3),
            Self.slot(5, 1): SlotCounts.Count(endpoint: Self.endpoint(1), uses: 2),
            Self.slot(6): SlotCounts.Count(endpoint: Self.endpoint(2), uses: 1),
        ]
        #expect(counts.lacksDestinations(of: used))
        counts.setDestinations(
            [
                frontend: .init(port: 1, list: .cluster, isOnlyNode: false),
                FrontendKey(address, 443, .tcp): .init(port: 1, list: .cluster, isOnlyNode: false),
            ],
            [1: .init(cluster: .init(number: 5, count: 2))])
        func path(_ endpoint: UInt32) -> FlowPath {
            FlowPath(
                transport: .tcp, destination: EndpointAddress(address, 80), endpoint: Self.endpoint(endpoint))
        }
        #expect(counts.take(used) == [path(1): 5], "two slots of one endpoint; list 6 leads nowhere")
        #expect(counts.take(used) == [:])
        used[Self.slot(5)]?.uses = 10
        #expect(counts.take(used) == [path(1): 7])
        // Another endpoint in the slot: it counts from 0, and so does one that came back.
        used[Self.slot(5)] = .init(endpoint: Self.endpoint(3), uses: 4)
        #expect(counts.take(used) == [path(3): 4])
        used[Self.slot(5)] = .init(endpoint: Self.endpoint(3), uses: 1)
        #expect(counts.take(used) == [path(3): 1])
    }
}
