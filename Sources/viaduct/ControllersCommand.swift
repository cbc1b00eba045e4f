import ArgumentParser
import Foundation
import KubeClient
import Logging
import PrometheusMetrics
import ServiceLifecycle
import UnixSignals

/// `viaduct controllers`: what kube-controller-manager does, against any API server.
struct ControllersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "controllers", abstract: "Run the controllers: endpoints, workloads, nodes, namespaces and more.",
        usage: "viaduct controllers --kubeconfig FILE [options]")

    @OptionGroup var client: ClientOptions

    @Option(
        help: ArgumentHelp(
            "Ranges of pods' addresses, separated by commas, for --allocate-node-cidrs.", valueName: "cidrs"))
    var clusterCIDR: String?

    @Option(
        help: ArgumentHelp(
            "Certificates of the API server that are published to every namespace.", valueName: "file"))
    var rootCAFile: String?

    @OptionGroup(title: "Controllers") var options: ControllerOptions
    @OptionGroup(title: "Leader election") var election: LeaderElectionOptions
    @OptionGroup(title: "Health and metrics") var serving: ComponentServingOptions

    func run() async throws {
        LogOutput.bootstrap(verbosity: client.verbosity, isJSON: false)
        let logger = Logger(label: "controllers")
        do {
            let authority = try rootCAFile.map { try String(contentsOfFile: $0, encoding: .utf8) }
            let settings = try options.settings(clusterCIDR: clusterCIDR, authorityPEM: authority)
            let registry = MetricsRegistry()
            let client = try client.client(registry, logger)
            let elector = try election.elector(client, lease: "kube-controller-manager", logger)
            let plane = ControlPlane(client: client, registry: registry, logger: logger)
            let controllers = plane.controllers(settings, election: elector)
            let server = try serving.server(port: 10257).server([controllers], registry, logger: logger)
            try await ClientService(client: client, work: controllers.run).runUntilSignal(beside: server)
        } catch let error as ValidationError {
            throw error
        } catch {
            try CommandFailure.fail("\(error)")
        }
    }
}
