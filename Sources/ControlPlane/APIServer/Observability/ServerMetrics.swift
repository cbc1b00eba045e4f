import APIResources
import APISecurity
import PrometheusMetrics

/// What the server counts, with kube-apiserver's names.
struct ServerMetrics: Sendable {
    let registry = MetricsRegistry()
    private let requests: CounterFamily
    private let durations: HistogramFamily
    private let longRunning: GaugeFamily

    /// - Parameter limiter: whose requests in flight are shown.
    init(_ limiter: InFlightLimiter) {
        requests = registry.counter(
            "apiserver_request_total",
            "Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, "
                + "component, and HTTP response code.",
            labels: ["code", "component", "dry_run", "group", "resource", "scope", "subresource", "verb", "version"])
        durations = registry.histogram(
            "apiserver_request_duration_seconds",
            "Response latency distribution in seconds for each verb, dry run value, group, version, resource, "
                + "subresource, scope and component.",
            labels: ["component", "dry_run", "group", "resource", "scope", "subresource", "verb", "version"],
            buckets: [
                0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60,
            ])
        longRunning = registry.gauge(
            "apiserver_longrunning_requests",
            "Gauge of all active long-running apiserver requests broken out by verb, group, version, resource, scope and "
                + "component. Not all requests are tracked this way.",
            labels: ["component", "group", "resource", "scope", "subresource", "verb", "version"])
        let inFlight = registry.gauge(
            "apiserver_current_inflight_requests",
            "Maximal number of currently used inflight request limit of this apiserver per request kind in last second.",
            labels: ["request_kind"])
        registry.collect {
            for kind in InFlightLimiter.Kind.allCases { inFlight.with(kind.rawValue).set(limiter.count(kind)) }
        }
        ProcessMetrics.register(in: registry)
    }

    func answered(_ attributes: RequestAttributes, isDryRun: Bool, code: Int, duration: Duration) {
        let shown = Labels(attributes)
        let dryRun = isDryRun ? "All" : ""
        requests.with(
            String(code), "apiserver", dryRun, shown.group, shown.resource, shown.scope, shown.subresource, shown.verb,
            shown.version
        ).increment()
        guard !attributes.isLongRunning else { return }
        durations.with(
            "apiserver", dryRun, shown.group, shown.resource, shown.scope, shown.subresource, shown.verb, shown.version
        ).observe(duration)
    }

    func longRunning(_ attributes: RequestAttributes) -> Gauge {
        let shown = Labels(attributes)
        return longRunning.with(
            "apiserver", shown.group, shown.resource, shown.scope, shown.subresource, shown.verb, shown.version)
    }

    /// Label values. Only kinds that are served get labels of their own, or clients could make any number of series.
    private struct Labels {
        var group = ""
        var version = ""
        var resource = ""
        var subresource = ""
        var scope = ""
        var verb = "other"

        private static let verbs: [String: String] = [
            "get": "GET", "list": "LIST", "watch": "WATCH", "create": "POST", "update": "PUT", "patch": "PATCH",
            "delete": "DELETE", "deletecollection": "DELETECOLLECTION", "head": "GET", "post": "POST", "put": "PUT",
        ]

        init(_ attributes: RequestAttributes) {
            verb = Self.verbs[attributes.verb] ?? "other"
            guard attributes.isResource else {
                subresource = Self.known(attributes.path)
                return
            }
            let apiVersion =
                attributes.group.isEmpty ? attributes.version : "\(attributes.group)/\(attributes.version)"
            guard ResourceRegistry.standard.find(apiVersion: apiVersion, plural: attributes.resource) != nil else {
                return
            }
            group = attributes.group
            version = attributes.version
            resource = attributes.resource
            if ["status", "token", "finalize", "scale", "binding", "eviction", "log"].contains(attributes.subresource) {
                subresource = attributes.subresource
            }
            scope =
                !attributes.name.isEmpty ? "resource" : attributes.namespace.isEmpty ? "cluster" : "namespace"
        }

        private static func known(_ path: String) -> String {
            ["/healthz", "/livez", "/readyz", "/metrics", "/version", "/api", "/apis"].contains(path) ? path : ""
        }
    }
}
