import KubeClient
import PrometheusMetrics

/// `rest_client_requests_total`, as client-go has it.
enum ClientMetrics {
    /// What a ``KubeClient`` tells.
    static func observer(_ registry: MetricsRegistry, _ server: ServerAddress) -> KubeClient.RequestObserver {
        let requests = registry.counter(
            "rest_client_requests_total", "Number of HTTP requests, partitioned by status code, method, and host.",
            labels: ["code", "host", "method"])
        let host = server.authority
        return { method, status in requests.with(status.map(String.init) ?? "<error>", host, method).increment() }
    }
}
