public import KubeClient
public import PrometheusMetrics

/// `rest_client_requests_total` and `rest_client_request_duration_seconds`, as in client-go.
public enum ClientMetrics {
    private static let buckets = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60]

    /// An observer for a ``KubeClient``.
    public static func observer(_ registry: MetricsRegistry) -> KubeClient.RequestObserver {
        let requests = registry.counter(
            "rest_client_requests_total", "Number of HTTP requests, partitioned by status code, method, and host.",
            labels: ["code", "host", "method"])
        let durations = registry.histogram(
            "rest_client_request_duration_seconds", "Request latency in seconds. Broken down by verb, and host.",
            labels: ["verb", "host"], buckets: buckets)
        return { server, method, status, duration in
            let host = server.authority
            requests.with(status.map(String.init) ?? "<error>", host, method).increment()
            durations.with(method, host).observe(duration)
        }
    }
}
