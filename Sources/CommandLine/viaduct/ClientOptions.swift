import ArgumentParser
import Foundation
import KubeClient
import Logging
import PrometheusMetrics
import ProxyServer

/// How commands of the control plane reach an API server, and how much they log.
struct ClientOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("A kubeconfig file; in a pod, its service account if it is left out.", valueName: "file"))
    var kubeconfig: String?

    @Option(
        help: ArgumentHelp(
            "The API server's URL, or those of several over one store, separated by commas; takes the place of the "
                + "kubeconfig's.", valueName: "urls"))
    var master: String?

    @OptionGroup(title: "Log") var log: LogOptions

    /// A client whose requests are counted.
    func client(_ registry: MetricsRegistry, _ logger: Logger) throws -> KubeClient {
        let configuration = try configuration()
        ProcessMetrics.register(in: registry)
        return try KubeClient(
            configuration: configuration, logger: logger, observer: ClientMetrics.observer(registry))
    }

    func configuration() throws -> ClientConfiguration {
        var configuration: ClientConfiguration
        if let kubeconfig {
            configuration = try Kubeconfig(path: kubeconfig).configuration(master: master)
        } else if let master {
            configuration = try ClientConfiguration(servers: master, place: "--master")
        } else {
            configuration = try ClientConfiguration.inCluster(environment: ProcessInfo.processInfo.environment)
        }
        configuration.userAgent = ClientConfiguration.userAgent(version: BuildInformation.version)
        return configuration
    }
}
