import Dataplane
import JSONStream
import Logging
import PrometheusMetrics
import ProxyConfiguration
import StatusServing

/// The proxy's own servers.
extension StatusServer {
    /// `/healthz` and `/livez`; nil if no address is configured.
    static func health(_ health: ProxyHealth, _ settings: ProxySettings, logger: Logger) -> StatusServer? {
        guard let endpoint = settings.healthzAddress else { return nil }
        return StatusServer(
            name: "healthz", endpoint: endpoint, isFailureFatal: settings.bindAddressHardFail, logger: logger
        ) { question in
            switch question.path {
            case "/healthz": health.answerHealthz()
            case "/livez": health.answerLivez()
            default: .notFound
            }
        }
    }

    /// `/metrics`, `/proxyMode`, `/healthz`, `/configz`, `/metrics/slis`, `/statusz` and `/flagz`; nil if no address is
    /// configured.
    static func metrics(
        _ registry: MetricsRegistry, _ options: ProxyOptions, logger: Logger
    ) -> StatusServer? {
        guard let endpoint = options.settings.metricsAddress else { return nil }
        let mode = options.settings.mode.name
        // Serialized once: it does not change while the process runs.
        var configz = JSONValue.null
        configz["kubeproxy.config.k8s.io"] = options.configuration.json
        let configuration = String(decoding: configz.serialized(), as: UTF8.self)
        let pages = ProxyZPages(options)
        return StatusServer(
            name: "metrics", endpoint: endpoint, isFailureFatal: options.settings.bindAddressHardFail, logger: logger
        ) { question in
            switch question.path {
            case "/metrics": HTTPAnswer(contentType: MetricsRegistry.contentType, body: registry.exposition())
            case "/proxyMode": .text(mode)
            case "/healthz", "/healthz/ping": .text("ok")
            // kube-proxy has no health checks that could be counted there.
            case "/metrics/slis": HTTPAnswer(contentType: MetricsRegistry.contentType, body: "")
            case "/configz": HTTPAnswer(contentType: "application/json", body: configuration)
            case "/statusz": pages.statusz?.answer(question) ?? .notFound
            case "/flagz": pages.flagz?.answer(question) ?? .notFound
            default: .notFound
            }
        }
    }
}
