import Dataplane
import DataplaneTesting
import KubeAPI
import KubeClient
import Logging
import NetworkAddress
import NftablesDataplane
import PrometheusMetrics
import ProxyConfiguration
import ServerTesting
import ServiceModel
import Testing

@testable import ProxyServer

/// A backend that is none of ours: all that a new one takes is a value.
@Suite(.timeLimit(.minutes(30))) struct ToyBackendTests {
    @Test("The proxy runs with it, from the API server to the end") func run() async throws {
        try await LiveServer.with { server in
            let journal = CallJournal()
            var options = try ProxyOptions(flags: ProxyFlags()) { _ in [] }
            options.settings.mode = Backend(name: "toy", section: .nftables, figures: [Figure("toy_figure", "A toy's")])
            {
                _, family, _ throws(DataplaneError) in
                FakeDataplane(family, journal: journal)
            } removeLeftovers: { _, _, _ async throws(DataplaneError) in
                false
            }
            options.settings.healthzAddress = nil
            options.settings.metricsAddress = nil
            options.settings.nodeName = "node1"
            options.settings.client.configuration = server.client.configuration
            options.settings.oomScoreAdj = SystemFiles.host.integer("/proc/self/oom_score_adj") ?? 0
            let service = try ProxyService(options: options, logger: server.logger)
            let run = Task { try await service.run() }
            try await server.create(
                Service.self, #"{"metadata": {"name": "web"}, "spec": {"ports": [{"port": 80}]}}"#)
            let parts = await service.proxy.parts
            let dataplane = try #require(parts.dataplanes.first { $0.family == .ipv4 } as? FakeDataplane)
            await dataplane.answer(ApplyReport(figures: [Figure("toy_figure", "A toy's"): 7]))
            for _ in 0..<6000 where await dataplane.ports.isEmpty { try await Task.sleep(for: .milliseconds(50)) }
            #expect(await dataplane.ports.keys.map(\.name).contains("web"))
            run.cancel()
            _ = await run.result
            #expect(journal.all.first?.hasSuffix("apply") == true)
            #expect(Set(journal.all.suffix(2)) == ["IPv4 shutdown", "IPv6 shutdown"], "and nothing is removed")
            #expect(await dataplane.faults == [])
            let metrics = parts.metrics.registry.exposition()
            #expect(metrics.contains("toy_figure{ip_family=\"IPv4\"} 7"))
            #expect(metrics.contains("viaduct_sync_failures_total{ip_family=\"IPv4\",proxy_mode=\"toy\"} 0"))
        }
    }
}
