import JSONStream
public import Logging
public import PrometheusMetrics
public import ServiceLifecycle

/// One of the proxy's own HTTP servers, as a service that runs until shutdown.
public struct StatusServer: Service {
    /// `healthz` or `metrics`, for messages.
    let name: String
    let endpoint: HostPort
    /// Whether a failure to listen is thrown; it is tried again every ``retryDelay`` otherwise.
    let isFailureFatal: Bool
    let logger: Logger
    let answer: @Sendable (String) -> HTTPAnswer
    var retryDelay = Duration.seconds(5)
    /// Told where it listens.
    var listening: @Sendable (HostPort) -> Void = { _ in }

    /// A failure that ends the process; upstream reports it as an Event of the node, too.
    public struct BindFailure: Error, Sendable, CustomStringConvertible {
        /// `healthz` or `metrics`.
        public var server: String
        public var description: String
    }

    /// `/healthz` and `/livez`; nil if no address is configured.
    public static func health(_ health: ProxyHealth, _ settings: ProxySettings, logger: Logger) -> StatusServer? {
        guard let endpoint = settings.healthzAddress else { return nil }
        return StatusServer(
            name: "healthz", endpoint: endpoint, isFailureFatal: settings.bindAddressHardFail, logger: logger
        ) { path in
            switch path {
            case "/healthz": health.answerHealthz()
            case "/livez": health.answerLivez()
            default: .notFound
            }
        }
    }

    /// `/metrics`, `/proxyMode`, `/healthz`, `/configz` and `/metrics/slis`; nil if no address is configured.
    public static func metrics(
        _ registry: MetricsRegistry, _ options: ProxyOptions, logger: Logger
    ) -> StatusServer? {
        guard let endpoint = options.settings.metricsAddress else { return nil }
        let mode = options.settings.mode.rawValue
        // Serialized once: it does not change while the process runs.
        var configz = JSONValue.null
        configz["kubeproxy.config.k8s.io"] = options.configuration.json
        let configuration = String(decoding: configz.serialized(), as: UTF8.self)
        return StatusServer(
            name: "metrics", endpoint: endpoint, isFailureFatal: options.settings.bindAddressHardFail, logger: logger
        ) { path in
            switch path {
            case "/metrics": HTTPAnswer(contentType: MetricsRegistry.contentType, body: registry.exposition())
            case "/proxyMode": .text(mode)
            case "/healthz", "/healthz/ping": .text("ok")
            // kube-proxy has no health checks that could be counted there.
            case "/metrics/slis": HTTPAnswer(contentType: MetricsRegistry.contentType, body: "")
            case "/configz": HTTPAnswer(contentType: "application/json", body: configuration)
            default: .notFound
            }
        }
    }

    public func run() async throws {
        try await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try await serve()
                try? await Task.sleep(for: retryDelay)
            }
        }
    }

    /// Serves until the socket is closed or the task cancelled.
    private func serve() async throws {
        let listener: HTTPListener
        do {
            listener = try await HTTPListener.bind(endpoint, answer: answer)
        } catch {
            let message = "cannot listen on \(endpoint) for \(name): \(error)"
            if isFailureFatal { throw BindFailure(server: name, description: message) }
            logger.error("\(message); trying again in \(GoDuration.format(retryDelay))")
            return
        }
        logger.info("\(name) server listens on \(listener.endpoint)")
        listening(listener.endpoint)
        try? await listener.closed()
    }
}
