import ArgumentParser
import JSONStream
import KubeClient
import Logging
import PrometheusMetrics
import Scheduler

/// `viaduct scheduler`: what kube-scheduler does, against any API server.
struct SchedulerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scheduler", abstract: "Run the scheduler, which assigns pods to nodes.",
        usage: "viaduct scheduler --kubeconfig FILE [options]")

    @OptionGroup var client: ClientOptions

    @Option(help: ArgumentHelp("The spec.schedulerName of pods that it takes care of.", valueName: "name"))
    var schedulerName = "default-scheduler"

    @OptionGroup(title: "Leader election") var election: LeaderElectionOptions
    @OptionGroup(title: "Health and metrics") var serving: ComponentServingOptions

    func run() async throws {
        client.log.bootstrap()
        let logger = Logger(label: "scheduler")
        do {
            var configuration = SchedulerConfiguration()
            configuration.schedulerName = schedulerName
            let registry = MetricsRegistry()
            let client = try client.client(registry, logger)
            let elector = try election.elector(client, lease: "kube-scheduler", logger)
            let plane = ControlPlane(client: client, registry: registry, logger: logger)
            let scheduler = plane.scheduler(configuration, election: elector)
            var place = try serving.server(port: 10259)
            place.configz = String(decoding: configz.serialized(), as: UTF8.self)
            let server = try place.server([scheduler], registry, logger: logger)
            try await ClientService(client: client, work: scheduler.run).runUntilSignal(beside: server)
        } catch let error as ValidationError {
            try CommandFailure.misuse(error)
        } catch {
            try CommandFailure.fail("\(error)")
        }
    }

    /// The configuration in use, in the form of kube-scheduler's as far as there is one.
    private var configz: JSONValue {
        [
            "kubescheduler.config.k8s.io": [
                "apiVersion": "kubescheduler.config.k8s.io/v1", "kind": "KubeSchedulerConfiguration",
                "leaderElection": election.json(lease: "kube-scheduler"),
                "profiles": [["schedulerName": .string(schedulerName)]],
            ]
        ]
    }
}
