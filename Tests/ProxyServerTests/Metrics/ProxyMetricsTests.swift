import Dataplane
import IptablesDataplane
import KubeClient
import NetworkAddress
import NftablesDataplane
import PrometheusMetrics
import ProxyConfiguration
import Testing

@testable import ProxyServer

@Suite struct ProxyMetricsTests {
    /// Names, kinds, help and labels of kube-proxy v1.36 (its metrics reference).
    @Test func upstreamsNames() {
        let metrics = ProxyMetrics(mode: .nftables)
        // The first is full, whatever it found.
        metrics.synced(.ipv4, duration: .milliseconds(3), full: false, at: 1_795_406_569.5)
        metrics.synced(.ipv4, duration: .milliseconds(1), full: false, at: 1_795_406_570)
        metrics.queued(.ipv6, at: 5)
        metrics.programmed(.ipv4, latency: .milliseconds(300))
        metrics.noLocalEndpoints(.ipv4, internalPolicy: 1, externalPolicy: 2)
        metrics.conntrackReconciled(.ipv4, duration: .seconds(1), deleted: 7)
        metrics.serviceChanges.increment()
        metrics.serviceChangesPending.set(3)
        metrics.endpointChanges.increment(by: 4)
        metrics.endpointChangesPending.set(5)
        metrics.healthzAnswered(code: 503)
        metrics.livezAnswered(code: 200)
        metrics.syncFailed(.ipv4)
        metrics.cleanupFailed(.ipv6)
        metrics.committed(.ipv4, messages: 5, bytes: 400, added: 2, removed: 1, repaired: true)
        metrics.committed(.ipv4, messages: 0, bytes: 0, added: 0, removed: 0, repaired: false)
        metrics.rejected(kind: "Service")
        let text = metrics.registry.exposition()
        for line in [
            "# HELP kubeproxy_sync_proxy_rules_duration_seconds SyncProxyRules latency in seconds",
            "# TYPE kubeproxy_sync_proxy_rules_duration_seconds histogram",
            "kubeproxy_sync_proxy_rules_duration_seconds_bucket{ip_family=\"IPv4\",le=\"0.001\"} 1",
            "kubeproxy_sync_proxy_rules_duration_seconds_bucket{ip_family=\"IPv4\",le=\"16.384\"} 2",
            "kubeproxy_sync_proxy_rules_duration_seconds_count{ip_family=\"IPv4\"} 2",
            "kubeproxy_sync_full_proxy_rules_duration_seconds_count{ip_family=\"IPv4\"} 1",
            "kubeproxy_sync_partial_proxy_rules_duration_seconds_count{ip_family=\"IPv4\"} 1",
            "kubeproxy_sync_proxy_rules_last_timestamp_seconds{ip_family=\"IPv4\"} 1795406570",
            "kubeproxy_sync_proxy_rules_last_queued_timestamp_seconds{ip_family=\"IPv6\"} 5",
            "kubeproxy_network_programming_duration_seconds_bucket{ip_family=\"IPv4\",le=\"0.25\"} 0",
            "kubeproxy_network_programming_duration_seconds_bucket{ip_family=\"IPv4\",le=\"0.5\"} 1",
            "kubeproxy_network_programming_duration_seconds_bucket{ip_family=\"IPv4\",le=\"300\"} 1",
            "kubeproxy_sync_proxy_rules_no_local_endpoints_total{ip_family=\"IPv4\",traffic_policy=\"external\"} 2",
            "kubeproxy_sync_proxy_rules_no_local_endpoints_total{ip_family=\"IPv4\",traffic_policy=\"internal\"} 1",
            "kubeproxy_conntrack_reconciler_sync_duration_seconds_count{ip_family=\"IPv4\"} 1",
            "kubeproxy_conntrack_reconciler_deleted_entries_total{ip_family=\"IPv4\"} 7",
            "kubeproxy_sync_proxy_rules_service_changes_total 1",
            "kubeproxy_sync_proxy_rules_service_changes_pending 3",
            "kubeproxy_sync_proxy_rules_endpoint_changes_total 4",
            "kubeproxy_sync_proxy_rules_endpoint_changes_pending 5",
            "kubeproxy_proxy_healthz_total{code=\"503\"} 1",
            "kubeproxy_proxy_livez_total{code=\"200\"} 1",
            "kubeproxy_sync_proxy_rules_nftables_sync_failures_total{ip_family=\"IPv4\"} 1",
            "kubeproxy_sync_proxy_rules_nftables_sync_failures_total{ip_family=\"IPv6\"} 0",
            "kubeproxy_sync_proxy_rules_nftables_cleanup_failures_total{ip_family=\"IPv6\"} 1",
            "viaduct_last_sync_messages{ip_family=\"IPv4\"} 5",
            "viaduct_last_sync_bytes{ip_family=\"IPv4\"} 400",
            "viaduct_objects_total{ip_family=\"IPv4\",operation=\"create\"} 2",
            "viaduct_repairs_total{ip_family=\"IPv4\"} 1",
            "viaduct_rejected_objects_total{kind=\"Service\"} 1",
            "viaduct_build_info{version=\"\(BuildInformation.version)\"} 1",
        ] {
            #expect(text.contains("\(line)\n"), "\(line)")
        }
    }

    @Test(arguments: Backend.allCases)
    func failuresAreCountedUnderTheModeThatFailed(mode: Backend) {
        let metrics = ProxyMetrics(mode: mode)
        metrics.syncFailed(.ipv4)
        metrics.cleanupFailed(.ipv4)
        let text = metrics.registry.exposition()
        let name = mode.name
        #expect(text.contains("viaduct_sync_failures_total{ip_family=\"IPv4\",proxy_mode=\"\(name)\"} 1\n"))
        #expect(text.contains("viaduct_cleanup_failures_total{ip_family=\"IPv4\",proxy_mode=\"\(name)\"} 1\n"))
        let nftables = text.contains("kubeproxy_sync_proxy_rules_nftables_sync_failures_total{ip_family=\"IPv4\"} 1\n")
        #expect(nftables == (mode == .nftables))
        #expect(text.contains("nftables_cleanup_failures_total") == (mode == .nftables))
        let restore = "kubeproxy_sync_proxy_rules_iptables_restore_failures_total{ip_family=\"IPv4\"} 1\n"
        #expect(text.contains(restore) == (mode == .iptables))
    }

    @Test func requestsToTheServer() throws {
        let registry = MetricsRegistry()
        let observer = ClientMetrics.observer(registry)
        let server = try ServerAddress("http://h:6443", place: "test")
        observer(server, "GET", 200, .milliseconds(30))
        observer(server, "GET", nil, .seconds(70))
        let text = registry.exposition()
        for line in [
            "rest_client_requests_total{code=\"200\",host=\"h:6443\",method=\"GET\"} 1",
            "rest_client_requests_total{code=\"<error>\",host=\"h:6443\",method=\"GET\"} 1",
            "rest_client_request_duration_seconds_bucket{verb=\"GET\",host=\"h:6443\",le=\"0.025\"} 0",
            "rest_client_request_duration_seconds_bucket{verb=\"GET\",host=\"h:6443\",le=\"0.1\"} 1",
            "rest_client_request_duration_seconds_count{verb=\"GET\",host=\"h:6443\"} 2",
        ] {
            #expect(text.contains("\(line)\n"), "\(line)")
        }
    }

    @Test func featureGates() {
        let metrics = ProxyMetrics(mode: .nftables)
        metrics.show(FeatureGates(["AllAlpha": true]))
        let text = metrics.registry.exposition()
        for line in [
            "# TYPE kubernetes_feature_enabled gauge",
            "kubernetes_feature_enabled{name=\"GangScheduling\",stage=\"ALPHA\"} 1",
            "kubernetes_feature_enabled{name=\"ComponentFlagz\",stage=\"BETA\"} 1",
            "kubernetes_feature_enabled{name=\"NFTablesProxyMode\",stage=\"\"} 1",
            "kubernetes_feature_enabled{name=\"AllowServiceExternalIPs\",stage=\"DEPRECATED\"} 1",
        ] {
            #expect(text.contains("\(line)\n"), "\(line)")
        }
        #expect(!text.contains("KubeProxyIPVS"))
    }

    @Test func buildInformation() {
        let line = ProxyMetrics(mode: .nftables).registry.exposition().split(separator: "\n").first {
            $0.hasPrefix("kubernetes_build_info{")
        }
        #expect(
            line?.contains("git_version=\"v1.36+viaduct.0.1.0\",major=\"1\",minor=\"36\",platform=\"linux/") == true)
    }

    @Test func buckets() {
        #expect(MetricBuckets.sync.last == 16.384)
        let programming = MetricBuckets.networkProgramming
        #expect(programming.count == 80)
        #expect(programming == programming.sorted())
        #expect(programming.last == 300)
    }
}
