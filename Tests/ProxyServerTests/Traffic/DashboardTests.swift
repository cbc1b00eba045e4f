import Foundation
import Logging
import NftablesDataplane
import PrometheusMetrics
import ServiceModel
import Testing

@testable import ProxyServer

/// The dashboard for Grafana that is in the repository.
@Suite struct DashboardTests {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "integration/grafana/services.json")

    @Test("Each metric that the dashboard names exists, and of histograms what it asks for") func metrics() throws {
        let text = try String(contentsOf: Self.file, encoding: .utf8)
        _ = try JSONSerialization.jsonObject(with: Data(text.utf8))
        let metrics = ProxyMetrics(mode: .nftables)
        let meter = TrafficMeter(
            limit: 1, families: [], sources: { [] },
            model: TrafficMeter.Model(ports: { _ in [:] }, endpoints: { [:] }),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        TrafficMetrics.register(meter, in: metrics.registry)
        var known: Set<String> = []
        for (name, kind) in metrics.registry.names {
            known.formUnion(kind == .histogram ? ["_bucket", "_sum", "_count"].map { name + $0 } : [name])
        }
        let named = Set(text.matches(of: /\b(?:viaduct|kubeproxy)_[a-z_]+/).map { String($0.output) })
        #expect(named.count >= 8)
        #expect(named.subtracting(known).isEmpty)
    }
}
