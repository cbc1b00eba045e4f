import NetworkAddress
import PrometheusMetrics
import StatusServing
import Synchronization
import Testing

@testable import ProxyServer

/// A clock that stands still until it is moved.
final class ManualClock: Sendable {
    private let start = ContinuousClock().now
    private let offset = Mutex(Duration.zero)

    func advance(by duration: Duration) { offset.withLock { $0 += duration } }

    var clock: ProxyHealth.Clock {
        ProxyHealth.Clock { [self] in
            start + offset.withLock { $0 }
        } wallTime: { [self] in
            1_700_000_000_000_000_000 + offset.withLock { $0 }.components.seconds * 1_000_000_000
        }
    }
}

@Suite struct ProxyHealthTests {
    @Test func answers() {
        let time = ManualClock()
        let metrics = ProxyMetrics()
        let health = ProxyHealth(timeout: .seconds(60), metrics: metrics, clock: time.clock)
        health.updated(.ipv4)
        time.advance(by: .seconds(10))
        let healthz = health.answerHealthz()
        #expect(healthz.status == 200)
        #expect(
            healthz.body == "{\"lastUpdated\": \"2023-11-14 22:13:30 +0000 UTC\","
                + "\"currentTime\": \"2023-11-14 22:13:30 +0000 UTC\", \"nodeEligible\": true}")
        #expect(
            healthz.headers == [
                .init(name: "Content-Type", value: "application/json"),
                .init(name: "X-Content-Type-Options", value: "nosniff"),
            ])
        health.queued(.ipv4)
        time.advance(by: .seconds(60))
        #expect(!health.isHealthy)
        let livez = health.answerLivez()
        #expect(livez.status == 503)
        #expect(
            livez.body == "{\"lastUpdated\": \"2023-11-14 22:13:20 +0000 UTC\","
                + "\"currentTime\": \"2023-11-14 22:14:30 +0000 UTC\"}")
        #expect(health.answerHealthz().status == 503)
        let text = metrics.registry.exposition()
        #expect(text.contains("kubeproxy_proxy_healthz_total{code=\"200\"} 1\n"))
        #expect(text.contains("kubeproxy_proxy_healthz_total{code=\"503\"} 1\n"))
        #expect(text.contains("kubeproxy_proxy_livez_total{code=\"503\"} 1\n"))
    }

    @Test func nodeThatGoesAwayIsAliveButNotHealthy() {
        let health = ProxyHealth(timeout: .seconds(60), metrics: ProxyMetrics(), clock: ManualClock().clock)
        health.nodeChanged(isBeingDeleted: false, taints: ["ToBeDeletedByClusterAutoscaler"])
        let healthz = health.answerHealthz()
        #expect(healthz.status == 503)
        // As upstream: a proxy that never synced says the zero time.
        #expect(healthz.body.hasPrefix("{\"lastUpdated\": \"0001-01-01 00:00:00 +0000 UTC\""))
        #expect(healthz.body.hasSuffix("\"nodeEligible\": false}"))
        #expect(health.answerLivez().status == 200)
        #expect(health.isHealthy)
    }
}
