import ArgumentParser

@main
struct Viaduct: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "viaduct", abstract: "Kubernetes services on Linux: a service proxy and a small control plane.",
        subcommands: [
            ProxyCommand.self, UpCommand.self, APIServerCommand.self, ControllersCommand.self, SchedulerCommand.self,
            BenchCommand.self, BenchNodeCommand.self, BenchObjectsCommand.self,
        ])
}
