import NetworkAddress
import NftablesDataplane
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
        let metrics = ProxyMetrics(mode: .nftables)
        let health = ProxyHealth(timeout: .seconds(60), metrics: metrics, clock: time.clock)
        // Nothing is programmed yet: no load balancer should send anything here, and a restart would not help.
        #expect(health.answerHealthz().status == 503)
        #expect(health.answerLivez().status == 200)
        health.updated(.ipv4)
        #expect(health.answerHealthz().status == 503)
        health.updated(.ipv6)
        time.advance(by: .seconds(10))
        let healthz = health.answerHealthz()
        #expect(healthz.status == 200)
        #expect(
            healthz.body == #"{"lastUpdated":"2023-11-14T22:13:30Z","currentTime":"2023-11-14T22:13:30Z","#
                + #""nodeEligible":true,"healthy":true,"status":{"IPv4":{"lastUpdated":"2023-11-14T22:13:20Z","#
                + #""healthy":true},"IPv6":{"lastUpdated":"2023-11-14T22:13:20Z","healthy":true}}}"#)
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
            livez.body == #"{"lastUpdated":"2023-11-14T22:13:20Z","currentTime":"2023-11-14T22:14:30Z","#
                + #""healthy":false,"status":{"IPv4":{"lastUpdated":"2023-11-14T22:13:20Z","healthy":false},"#
                + #""IPv6":{"lastUpdated":"2023-11-14T22:13:20Z","healthy":true}}}"#)
        #expect(health.answerHealthz().status == 503)
        let text = metrics.registry.exposition()
        #expect(text.contains("kubeproxy_proxy_healthz_total{code=\"200\"} 1\n"))
        #expect(text.contains("kubeproxy_proxy_healthz_total{code=\"503\"} 3\n"))
        #expect(text.contains("kubeproxy_proxy_livez_total{code=\"503\"} 1\n"))
    }

    @Test func itIsToldOnceWhenAllFamiliesAreInForce() {
        let time = ManualClock()
        let told = Mutex<[Duration]>([])
        let health = ProxyHealth(timeout: .seconds(60), metrics: ProxyMetrics(mode: .nftables), clock: time.clock) {
            elapsed in
            told.withLock { $0.append(elapsed) }
        }
        health.updated(.ipv4)
        time.advance(by: .seconds(3))
        health.updated(.ipv4)
        health.updated(.ipv6)
        health.updated(.ipv6)
        #expect(told.withLock { $0 } == [.seconds(3)])
    }

    @Test func nodeThatGoesAwayIsAliveButNotHealthy() {
        let health = ProxyHealth(
            timeout: .seconds(60), metrics: ProxyMetrics(mode: .nftables), clock: ManualClock().clock)
        health.nodeChanged(isBeingDeleted: false, taints: ["ToBeDeletedByClusterAutoscaler"])
        let healthz = health.answerHealthz()
        #expect(healthz.status == 503)
        // As upstream: a proxy that never synced says the zero time.
        #expect(healthz.body.hasPrefix(#"{"lastUpdated":"0001-01-01T00:00:00Z""#))
        #expect(healthz.body.contains(#""nodeEligible":false"#))
        #expect(health.answerLivez().status == 200)
        #expect(health.isHealthy)
    }
}
