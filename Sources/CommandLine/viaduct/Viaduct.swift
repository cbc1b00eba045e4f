import ArgumentParser
// Replaces malloc. Requests to the API server make and free hundreds of small objects on several threads, which takes
// a tenth less processor time with it.
import CJemalloc
import ProxyServer

@main
struct Viaduct: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "viaduct", abstract: "Kubernetes services on Linux: a service proxy and a small control plane.",
        version: BuildInformation.text,
        subcommands: [
            ProxyCommand.self, UpCommand.self, APIServerCommand.self, ControllersCommand.self, SchedulerCommand.self,
            NodeCommand.self, JoinCommand.self, LeaveCommand.self, TokenCommand.self, DNSCommand.self,
            StoreCommand.self, ServicesCommand.self, TopCommand.self, DrainCommand.self, ExplainCommand.self,
            DoctorCommand.self,
            BenchCommand.self, VersionCommand.self, BenchNodeCommand.self,
            BenchWayCommand.self, BenchObjectsCommand.self,
        ])
}
