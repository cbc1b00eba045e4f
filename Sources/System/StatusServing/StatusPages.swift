public import PrometheusMetrics

/// The status pages of a control plane component: health for everybody, other pages for this host and where they are
/// allowed.
public struct StatusPages: Sendable {
    /// Paths that need no permission; `*` at the end stands for anything.
    public static let openPaths = ["/healthz", "/livez", "/readyz", "/healthz/*", "/livez/*", "/readyz/*"]

    private let health: [HealthEndpoint]
    private let registry: MetricsRegistry
    private let configz: String?
    private let openPaths: [String]

    /// - Parameters:
    ///   - configz: the JSON of `/configz`; nil: no such page.
    ///   - openPaths: paths for everybody who reaches the server.
    public init(
        health: [HealthEndpoint], registry: MetricsRegistry, configz: String? = nil,
        openPaths: [String] = StatusPages.openPaths
    ) {
        self.health = health
        self.registry = registry
        self.configz = configz
        self.openPaths = openPaths
    }

    public func answer(_ question: HTTPQuestion) -> HTTPAnswer {
        guard question.isFromLoopback || openPaths.contains(where: { Self.matches($0, question.path) }) else {
            return .text("Forbidden: \(question.path) is for clients on this host\n", status: 403)
        }
        for endpoint in health {
            if let answer = endpoint.answer(question) { return answer }
        }
        switch question.path {
        case "/metrics": return HTTPAnswer(contentType: MetricsRegistry.contentType, body: registry.exposition())
        case "/configz": return configz.map { HTTPAnswer(contentType: "application/json", body: $0) } ?? .notFound
        default: return .notFound
        }
    }

    private static func matches(_ pattern: String, _ path: String) -> Bool {
        pattern.last == "*" ? path.hasPrefix(pattern.dropLast()) : path == pattern
    }
}
