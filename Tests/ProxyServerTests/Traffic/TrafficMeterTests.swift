import Logging
import NetworkAddress
import PrometheusMetrics
import ServiceModel
import Synchronization
import Testing

@testable import ProxyServer

@Suite(.timeLimit(.minutes(30))) struct TrafficMeterTests {
    private final class Source: FlowSource {
        let next = Mutex(FlowBatch())
        let lists = Mutex(0)

        func read() -> FlowBatch {
            next.withLock { batch in
                defer { batch = FlowBatch() }
                return batch
            }
        }

        func live(_ family: IPFamily) async throws -> [FlowPath: FlowCounts] {
            lists.withLock { $0 += 1 }
            var counts = FlowCounts()
            counts.live = 2
            counts.unanswered = 1
            return family == .ipv4 ? [TrafficMeterTests.path: counts] : [:]
        }
    }

    private static let key = TrafficTally.PortKey(
        name: ServicePortName(namespace: "d", name: "web", port: "http", transport: .tcp), family: .ipv4)
    fileprivate static let path = FlowPath(
        transport: .tcp, destination: EndpointAddress(IPAddress(ipv4: 0xAC1E_0001), 80),
        endpoint: EndpointAddress(IPAddress(ipv4: 0x0A00_0001), 8080))

    private static func meter(_ source: Source, limit: Int, clock: SteppedClock) -> TrafficMeter {
        TrafficMeter(
            limit: limit, families: [.ipv4, .ipv6], sources: { [source] },
            model: TrafficMeter.Model { paths in
                Dictionary(uniqueKeysWithValues: Set(paths).map { ($0, key) })
            } endpoints: {
                [key: [path.endpoint]]
            }, clock: clock.clock, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test("What came before somebody looked is not counted, what comes then is, under the metrics' names")
    func looks() async throws {
        let source = Source()
        source.next.withLock { $0.began(Self.path) }
        let meter = Self.meter(source, limit: 0, clock: SteppedClock())
        let registry = MetricsRegistry()
        TrafficMetrics.register(meter, in: registry)
        #expect(!registry.exposition().contains("viaduct_"))
        let first = await meter.look()
        #expect(first?.ports[Self.key]?.all.connections == 0)
        #expect(first?.ports[Self.key]?.all.flows.live == 2)
        source.next.withLock { for _ in 0..<3 { $0.began(Self.path) } }
        let second = await meter.look()
        #expect(second?.ports[Self.key]?.endpoints[Self.path.endpoint]?.connections == 3)
        let text = registry.exposition()
        let labels = #"namespace="d",service="web",port="http",protocol="TCP",ip_family="IPv4""#
        #expect(text.contains("viaduct_service_connections_total{\(labels)} 3\n"))
        for (name, value) in [("connections_total", 3), ("live_connections", 2), ("unanswered_connections", 1)] {
            #expect(text.contains("viaduct_endpoint_\(name){\(labels),endpoint=\"10.0.0.1:8080\"} \(value)\n"))
        }
        #expect(!text.contains("viaduct_endpoint_bytes_total{"))
    }

    @Test("Listings keep a distance, also where somebody asks all the time") func listings() async throws {
        let source = Source()
        let clock = SteppedClock()
        let meter = Self.meter(source, limit: 0, clock: clock)
        for _ in 0..<50 { _ = await meter.look() }
        #expect(source.lists.withLock { $0 } == 2, "once for each family")
        clock.advance(to: .seconds(1))
        for _ in 0..<50 { _ = await meter.look() }
        #expect(source.lists.withLock { $0 } == 4)
    }

    @Test("Counting ends a minute after the last look") func ends() async throws {
        let source = Source()
        let clock = SteppedClock()
        let meter = Self.meter(source, limit: 0, clock: clock)
        _ = await meter.look()
        #expect(meter.latest.withLock { $0 } != nil)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await meter.run() }
            clock.advance(to: .seconds(61))
            for _ in 0..<150_000 where meter.latest.withLock({ $0 }) != nil {
                clock.advance(to: (clock.nextWake ?? .zero) + .milliseconds(1))
                try? await Task.sleep(for: .milliseconds(2))
            }
            group.cancelAll()
        }
        #expect(meter.latest.withLock { $0 } == nil)
    }
}
