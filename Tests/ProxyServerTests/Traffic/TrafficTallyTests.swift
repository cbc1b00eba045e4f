import NetworkAddress
import ServiceModel
import Testing

@testable import ProxyServer

@Suite struct TrafficTallyTests {
    private static let web = TrafficTally.PortKey(
        name: ServicePortName(namespace: "d", name: "web", port: "", transport: .tcp), family: .ipv4)

    private static func endpoint(_ number: UInt32) -> EndpointAddress {
        EndpointAddress(IPAddress(ipv4: 0x0A00_0000 + number), 80)
    }

    private static func path(_ number: UInt32, port: UInt16 = 80) -> FlowPath {
        FlowPath(
            transport: .tcp, destination: EndpointAddress(IPAddress(ipv4: 0xAC1E_0001), port),
            endpoint: endpoint(number))
    }

    private static func batch(_ new: [FlowPath: Int]) -> FlowBatch {
        var batch = FlowBatch()
        batch.new = new
        return batch
    }

    private static func port(_ path: FlowPath) -> TrafficTally.PortKey? { path.destination.port == 80 ? web : nil }

    @Test("Each connection counts for its endpoint and its Service, and those of others for nobody") func counts() {
        var tally = TrafficTally(limit: 10, startingAt: .zero)
        tally.add(
            Self.batch([Self.path(1): 3, Self.path(2): 4, Self.path(3, port: 81): 9]), at: .seconds(1), port: Self.port)
        tally.add(Self.batch([Self.path(1): 1]), at: .seconds(2), port: Self.port)
        #expect(tally.ports[Self.web]?.all.connections == 8)
        #expect(tally.ports[Self.web]?.endpoints[Self.endpoint(1)]?.connections == 4)
        #expect(tally.ports.count == 1)
    }

    @Test("Endpoints beyond the limit are counted together, and the sum stays right") func limit() {
        var tally = TrafficTally(limit: 2, startingAt: .zero)
        for number in 1...5 as ClosedRange<UInt32> {
            tally.add(Self.batch([Self.path(number): 10]), at: .seconds(1), port: Self.port)
        }
        #expect(tally.endpointCount == 2)
        #expect(tally.ports[Self.web]?.all.connections == 50)
        #expect(tally.ports[Self.web]?.others?.connections == 30)
    }

    @Test("Rates are those of the last seconds") func rates() {
        var tally = TrafficTally(limit: 2, startingAt: .zero)
        for second in 1...20 { tally.add(Self.batch([Self.path(1): 10]), at: .seconds(second), port: Self.port) }
        let rate = tally.ports[Self.web]?.all.perSecond ?? 0
        #expect(rate > 9 && rate < 13)
        tally.update(at: .seconds(60)) { _ in true }
        #expect(tally.ports[Self.web]?.all.perSecond == 0)
        #expect(tally.ports[Self.web]?.all.connections == 200)
    }

    @Test("A listing takes the place of the one before; no byte counts twice") func listings() {
        var tally = TrafficTally(limit: 2, startingAt: .zero)
        var flows = FlowCounts()
        flows.live = 2
        flows.bytesSent = 100
        tally.set([Self.path(1): flows], .ipv4, port: Self.port)
        #expect(tally.ports[Self.web]?.all.bytesSent == 100)
        // One of them ends with 70 bytes; the other has 40 by then.
        var batch = FlowBatch()
        var ended = FlowCounts()
        ended.bytesSent = 70
        batch.ended(Self.path(1), ended)
        tally.add(batch, at: .seconds(1), port: Self.port)
        #expect(tally.ports[Self.web]?.all.bytesSent == 100, "until the next listing")
        flows.live = 1
        flows.bytesSent = 40
        tally.set([Self.path(1): flows], .ipv4, port: Self.port)
        #expect(tally.ports[Self.web]?.all.bytesSent == 110)
        #expect(tally.ports[Self.web]?.endpoints[Self.endpoint(1)]?.flows.live == 1)
        tally.set([:], .ipv6, port: Self.port)
        #expect(tally.ports[Self.web]?.all.flows.live == 1, "the other family's listing")
    }

    @Test("What is gone is forgotten, an endpoint with live connections later") func forgetting() {
        var tally = TrafficTally(limit: 3, startingAt: .zero)
        tally.add(Self.batch([Self.path(1): 1, Self.path(2): 1]), at: .seconds(1), port: Self.port)
        var flows = FlowCounts()
        flows.live = 1
        tally.set([Self.path(2): flows], .ipv4, port: Self.port)
        tally.keep([], of: Self.web)
        #expect(tally.endpointCount == 1)
        #expect(tally.ports[Self.web]?.all.connections == 2)
        tally.update(at: .seconds(2)) { _ in false }
        #expect(tally.ports.isEmpty && tally.endpointCount == 0)
    }
}
