import ArgumentParser
import KubeClient
import Logging
import Scheduler

/// `viaduct scheduler`: what kube-scheduler does, against any API server.
struct SchedulerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scheduler", abstract: "Run the scheduler: pods get their nodes.",
        usage: "viaduct scheduler --kubeconfig FILE [options]")

    @OptionGroup var client: ClientOptions

    @Option(help: ArgumentHelp("The spec.schedulerName of pods that it takes care of.", valueName: "name"))
    var schedulerName = "default-scheduler"

    @OptionGroup(title: "Leader election") var election: LeaderElectionOptions

    func run() async throws {
        LogOutput.bootstrap(verbosity: client.verbosity, isJSON: false)
        let logger = Logger(label: "scheduler")
        do {
            var configuration = SchedulerConfiguration()
            configuration.schedulerName = schedulerName
            let client = try KubeClient(configuration: try client.configuration(), logger: logger)
            let elector = try election.elector(client, lease: "kube-scheduler", logger)
            try await ClientService(client: client) { [configuration] in
                await ControlPlane(client: client, logger: logger).runScheduler(configuration, election: elector)
            }.runUntilSignal()
        } catch {
            try CommandFailure.fail("\(error)")
        }
    }
}
